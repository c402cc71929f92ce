import DeviceRegistry
import HubProtocol

/// An application as a client sends it; absent members stay as they are.
///
///     {"status":"enabled","thumbprint":"…" or "", "password":"…" or null, "permissions":{…},"limits":{…}}
struct ApplicationBody: Decodable {
    var status: String?
    /// Empty takes it away.
    var thumbprint: String?
    /// The members of the same object.
    var access: AccessBody

    private enum Member: String, CodingKey {
        case status
        case thumbprint
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        self.status = try members.decodeIfPresent(String.self, forKey: .status)
        self.thumbprint = try members.decodeIfPresent(String.self, forKey: .thumbprint)
        self.access = try AccessBody(from: decoder)
    }

    /// The application to store.
    ///
    /// - Parameters:
    ///   - name: its checked name.
    ///   - current: what is stored now.
    ///   - hash: of the body's new password, made on a thread that may block.
    /// - Returns: the application, without generation and etag.
    /// - Throws: `HubError` naming the member, the value and what was expected.
    func application(
        name: String,
        replacing current: ApplicationIdentity?,
        hash: PasswordHash?
    ) throws(HubError) -> ApplicationIdentity {
        let statusText = self.status ?? current?.status.rawValue ?? "enabled"
        guard let status = DeviceIdentity.Status(rawValue: statusText) else {
            throw HubError(.argumentInvalid, "status is “\(statusText)”, expected enabled or disabled")
        }
        return ApplicationIdentity(
            name: name,
            status: status,
            thumbprint: self.thumbprint == nil
                ? current?.thumbprint : try IdentityBody.thumbprint(self.thumbprint, named: "thumbprint"),
            access: try self.access.access(replacing: current?.access ?? IdentityAccess(), hash: hash)
        )
    }
}
