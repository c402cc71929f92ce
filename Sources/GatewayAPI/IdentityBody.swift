import DeviceRegistry
import FoundationEssentials
import HubProtocol
import TelemetryModel

/// An identity as a client sends it: the body of a PUT, or an entry of a bulk request.
///
/// Fields not named here are passed over. Source: contract iothub-rest section 2.
struct IdentityBody: Decodable {
    /// Characters of a status reason.
    static let statusReasonMax = 128

    struct Authentication: Decodable {
        var type: String?
        var symmetricKey: SymmetricKey?
    }

    struct SymmetricKey: Decodable {
        var primaryKey: String?
        var secondaryKey: String?
    }

    /// The name in a PUT.
    var deviceId: String?
    /// The name in a bulk entry.
    var id: String?
    var moduleId: String?
    var status: String?
    var statusReason: String?
    var authentication: Authentication?
    /// Bulk entries only.
    var importMode: String?
    /// Bulk entries only.
    var eTag: String?

    /// The keys a client gave; `nil` when it said nothing about authentication.
    ///
    /// Empty or missing keys are made new. Source: contract iothub-rest section 2.
    func keys() throws(HubError) -> (primary: String, secondary: String)? {
        guard let authentication = self.authentication else { return nil }
        guard authentication.type == nil || authentication.type == "sas" else {
            let type = authentication.type ?? ""
            throw HubError(.argumentInvalid, "authentication.type is “\(type)”: this version knows sas only")
        }
        let keys = authentication.symmetricKey
        return (
            try IdentityBody.key(keys?.primaryKey, named: "primaryKey"),
            try IdentityBody.key(keys?.secondaryKey, named: "secondaryKey")
        )
    }

    /// The identity to store.
    ///
    /// - Parameters:
    ///   - id: its checked name.
    ///   - current: what is stored now; its keys stay when the body says nothing about them.
    /// - Returns: the identity, without generation and etag.
    /// - Throws: `HubError` naming the field, the value and what was expected.
    func identity(id: IdentityID, replacing current: DeviceIdentity?) throws(HubError) -> DeviceIdentity {
        let statusText = self.status ?? current?.status.rawValue ?? "enabled"
        guard let status = DeviceIdentity.Status(rawValue: statusText) else {
            throw HubError(.argumentInvalid, "status is “\(statusText)”, expected enabled or disabled")
        }
        if let reason = self.statusReason, reason.count > IdentityBody.statusReasonMax {
            throw HubError(
                .argumentInvalid,
                "statusReason has \(reason.count) characters, at most \(IdentityBody.statusReasonMax) are allowed"
            )
        }
        let keys = try self.keys()
        return DeviceIdentity(
            id: id,
            status: status,
            statusReason: self.statusReason,
            primaryKey: keys?.primary ?? current?.primaryKey ?? SASToken.makeKey(),
            secondaryKey: keys?.secondary ?? current?.secondaryKey ?? SASToken.makeKey()
        )
    }

    /// The id, checked.
    static func checkedID(_ text: String) throws(HubError) -> IdentityID {
        guard let id = IdentityID(device: text) else {
            let allowed = "1 to 128 letters, digits and - : . + % _ # * ? ! ( ) , = @ ; $ '"
            throw HubError(.argumentInvalid, "the device id “\(text.prefix(160))” is not allowed: \(allowed)")
        }
        return id
    }

    private static func key(_ text: String?, named name: String) throws(HubError) -> String {
        guard let text, !text.isEmpty else { return SASToken.makeKey() }
        guard let bytes = SASToken.keyBytes(text), (16...64).contains(bytes.count) else {
            throw HubError(.argumentInvalid, "\(name) is not base64 of 16 to 64 bytes")
        }
        return text
    }
}
