import DeviceRegistry
import HubProtocol
import TelemetryModel

/// Which certificates are to be revoked, and why.
struct RevocationBody: Decodable {
    var serial: String?
    var deviceId: String?
    var moduleId: String?
    var reason: String?

    /// The certificates meant.
    func selection() throws -> CertificateSelection {
        switch (self.serial, self.deviceId) {
        case (let serial?, nil):
            return .serial(try RevocationBody.checkedSerial(serial))
        case (nil, let device?):
            return .subject(try IdentityBody.checkedID(device, module: self.moduleId))
        case (nil, nil), (.some, .some):
            throw HubError(.argumentInvalid, "the body names “serial” or “deviceId”, and not both")
        }
    }

    /// The reason; none given is one, too.
    func checkedReason() throws(HubError) -> RevocationReason {
        guard let text = self.reason else { return .unspecified }
        guard let reason = RevocationReason(rawValue: text) else {
            let known = RevocationReason.allCases.map(\.rawValue).joined(separator: ", ")
            throw HubError(.argumentInvalid, "reason is “\(text.prefix(64))”, expected one of \(known)")
        }
        return reason
    }

    /// A serial as it is stored.
    static func checkedSerial(_ text: String) throws(HubError) -> String {
        guard let serial = IssuedCertificate.serial(text) else {
            throw HubError(.argumentInvalid, "the serial is “\(text.prefix(64))”, expected 2 to 40 hex digits")
        }
        return serial
    }
}
