import DeviceRegistry
import FoundationEssentials
import HubProtocol
import TelemetryModel

/// An identity as a client sends it: the body of a PUT, or an entry of a bulk request.
///
/// Fields not named here are passed over. Source: contract iothub-rest section 2; `weir` is our extension.
struct IdentityBody: Decodable {
    /// Characters of a status reason, and of `managedBy`.
    static let textMax = 128

    struct Authentication: Decodable {
        var type: String?
        var symmetricKey: SymmetricKey?
        var x509Thumbprint: Thumbprints?
    }

    struct SymmetricKey: Decodable {
        var primaryKey: String?
        var secondaryKey: String?
    }

    struct Thumbprints: Decodable {
        var primaryThumbprint: String?
        var secondaryThumbprint: String?
    }

    struct Capabilities: Decodable {
        var iotEdge: Bool?
    }

    /// The name in a PUT.
    var deviceId: String?
    /// The name in a bulk entry.
    var id: String?
    var moduleId: String?
    var managedBy: String?
    var status: String?
    var statusReason: String?
    var authentication: Authentication?
    var capabilities: Capabilities?
    var weir: AccessBody?
    /// Bulk entries only.
    var importMode: String?
    /// Bulk entries only.
    var eTag: String?
    /// Bulk entries only.
    var twinETag: String?
    /// Bulk entries only.
    var modelId: String?

    /// The identity to store.
    ///
    /// - Parameters:
    ///   - id: its checked name.
    ///   - current: what is stored now; what the body says nothing about stays.
    ///   - hash: of the body's new password, made on a thread that may block.
    /// - Returns: the identity, without generation and etag.
    /// - Throws: `HubError` naming the field, the value and what was expected.
    func identity(
        id: IdentityID,
        replacing current: DeviceIdentity?,
        hash: PasswordHash? = nil
    ) throws(HubError) -> DeviceIdentity {
        let statusText = self.status ?? current?.status.rawValue ?? "enabled"
        guard let status = DeviceIdentity.Status(rawValue: statusText) else {
            throw HubError(.argumentInvalid, "status is “\(statusText)”, expected enabled or disabled")
        }
        for (name, text) in [("statusReason", self.statusReason), ("managedBy", self.managedBy)] {
            guard let text, text.count > IdentityBody.textMax else { continue }
            throw HubError(
                .argumentInvalid,
                "\(name) has \(text.count) characters, at most \(IdentityBody.textMax) are allowed"
            )
        }
        var identity = DeviceIdentity(id: id, status: status, statusReason: self.statusReason)
        identity.managedBy = self.managedBy ?? current?.managedBy
        identity.isEdge = id.module == nil && (self.capabilities?.iotEdge ?? current?.isEdge ?? false)
        try self.authenticate(&identity, replacing: current)
        let access = current?.access ?? IdentityAccess()
        identity.access = try self.weir?.access(replacing: access, hash: hash) ?? access
        return identity
    }

    /// Gives the identity its kind, keys and thumbprints.
    ///
    /// Empty or missing keys are made new. Source: contract iothub-rest section 2.
    private func authenticate(
        _ identity: inout DeviceIdentity,
        replacing current: DeviceIdentity?
    ) throws(HubError) {
        guard let authentication = self.authentication else {
            identity.kind = current?.kind ?? .sas
            identity.primaryKey = current?.primaryKey ?? SASToken.makeKey()
            identity.secondaryKey = current?.secondaryKey ?? SASToken.makeKey()
            identity.primaryThumbprint = current?.primaryThumbprint
            identity.secondaryThumbprint = current?.secondaryThumbprint
            return
        }
        let type = authentication.type ?? AuthenticationKind.sas.rawValue
        guard let kind = AuthenticationKind(rawValue: type) else {
            let known = AuthenticationKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw HubError(.argumentInvalid, "authentication.type is “\(type.prefix(64))”, expected one of \(known)")
        }
        identity.kind = kind
        switch kind {
        case .sas:
            let keys = authentication.symmetricKey
            identity.primaryKey = try IdentityBody.key(keys?.primaryKey, named: "primaryKey")
            identity.secondaryKey = try IdentityBody.key(keys?.secondaryKey, named: "secondaryKey")
        case .selfSigned:
            let prints = authentication.x509Thumbprint
            identity.primaryThumbprint = try IdentityBody.thumbprint(
                prints?.primaryThumbprint,
                named: "primaryThumbprint"
            )
            identity.secondaryThumbprint = try IdentityBody.thumbprint(
                prints?.secondaryThumbprint,
                named: "secondaryThumbprint"
            )
            guard identity.primaryThumbprint != nil || identity.secondaryThumbprint != nil else {
                throw HubError(
                    .argumentInvalid,
                    "authentication.type selfSigned needs a primary or secondary thumbprint"
                )
            }
        case .certificateAuthority, .none:
            break
        }
    }

    /// The id, checked.
    static func checkedID(_ text: String, module: String? = nil) throws(HubError) -> IdentityID {
        let allowed = "1 to 128 letters, digits and - : . + % _ # * ? ! ( ) , = @ ; $ '"
        guard let id = IdentityID(device: text) else {
            throw HubError(.argumentInvalid, "the device id “\(text.prefix(160))” is not allowed: \(allowed)")
        }
        guard let module else { return id }
        guard let id = IdentityID(device: text, module: module) else {
            throw HubError(.argumentInvalid, "the module id “\(module.prefix(160))” is not allowed: \(allowed)")
        }
        return id
    }

    /// A thumbprint, checked; `nil` for an empty or missing one.
    static func thumbprint(_ text: String?, named name: String) throws(HubError) -> Thumbprint? {
        guard let text, !text.isEmpty else { return nil }
        guard let thumbprint = Thumbprint(text) else {
            throw HubError(
                .argumentInvalid,
                "\(name) is not the SHA-1 (40 hex digits) or SHA-256 (64) of a certificate"
            )
        }
        return thumbprint
    }

    private static func key(_ text: String?, named name: String) throws(HubError) -> String {
        guard let text, !text.isEmpty else { return SASToken.makeKey() }
        guard let bytes = SASToken.keyBytes(text), (16...64).contains(bytes.count) else {
            throw HubError(.argumentInvalid, "\(name) is not base64 of 16 to 64 bytes")
        }
        return text
    }
}
