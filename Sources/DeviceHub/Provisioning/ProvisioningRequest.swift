internal import DeviceRegistry
internal import HubProtocol
internal import TelemetryJSON

/// The body of a registration: `{"registrationId":"sensor-7","payload":null}`.
///
/// What the program says in `payload` is for allocation by code of one's own, which there is not: it is not looked at.
/// Source: contract provisioning section 3.
enum ProvisioningRequest {
    /// Bytes of a body at most.
    static let bytesMax = 64 << 10

    /// Checks a body. One without an id, or an empty one, is taken: the user name says who registers.
    ///
    /// - Throws: `HubError` 400 when it is no JSON object or names another registration.
    static func check(_ body: [UInt8], of id: RegistrationID) throws(HubError) {
        guard body.count <= ProvisioningRequest.bytesMax else {
            throw HubError(.argumentInvalid, "the body has more than \(ProvisioningRequest.bytesMax) bytes")
        }
        guard body.contains(where: { $0 > 0x20 }) else { return }
        guard let value = try? JSONValue(parsing: body), case .object(let members) = value else {
            throw HubError(.argumentInvalid, "the body is not a JSON object")
        }
        switch members["registrationId"] {
        case nil, .null: return
        case .string(let text) where text.lowercased() == id.key: return
        case .some:
            throw HubError(.argumentInvalid, "the body's registrationId is not the user name's")
        }
    }
}
