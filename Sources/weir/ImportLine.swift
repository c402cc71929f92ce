import FoundationEssentials
import GatewayClient

/// A device as a line of an import says it: our own short form, or an identity as `weir device list
/// --json` and `weir device export` print it.
struct ImportLine: Decodable {
    struct Authentication: Decodable {
        struct Keys: Decodable {
            var primaryKey: String?
            var secondaryKey: String?
        }

        struct Thumbprints: Decodable {
            var primaryThumbprint: String?
            var secondaryThumbprint: String?
        }

        var type: String?
        var symmetricKey: Keys?
        var x509Thumbprint: Thumbprints?
    }

    struct Capabilities: Decodable {
        var iotEdge: Bool?
    }

    struct Permissions: Decodable {
        var publish: [String]?
        var subscribe: [String]?
    }

    /// Whether a member is there; its value is read elsewhere.
    struct Presence: Decodable {
        init(from decoder: any Decoder) {}
    }

    struct Weir: Decodable {
        var password: String?
        var passwordHash: String?
        var permissions: Permissions?
        var limits: AccessDescription.Limits?
    }

    var deviceId: String
    var moduleId: String?
    var managedBy: String?
    var primaryKey: String?
    var secondaryKey: String?
    var status: String?
    var statusReason: String?
    /// `sas`, `x509-thumbprint`, `x509-ca` or `password`.
    var auth: String?
    var thumbprint: String?
    var secondaryThumbprint: String?
    var password: String?
    var permissions: Permissions?
    var authentication: Authentication?
    var weir: Weir?
    var capabilities: Capabilities?
    var modelId: String?
    /// Of the twin; see ``ImportTwin``.
    var tags: Presence?
    /// Of the twin; see ``ImportTwin``.
    var properties: Presence?

    /// `device` or `device/module`.
    var id: String { self.moduleId.map { "\(self.deviceId)/\($0)" } ?? self.deviceId }

    /// The columns of CSV; those of lists hold filters separated by spaces.
    static let columns = [
        "deviceId", "primaryKey", "secondaryKey", "status", "statusReason", "auth", "thumbprint",
        "secondaryThumbprint", "password", "publish", "subscribe",
    ]

    /// A line of CSV; empty values count as absent.
    init?(_ values: [String: String]) {
        func value(_ name: String) -> String? {
            values[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let deviceId = value("deviceId") else { return nil }
        self.deviceId = deviceId
        self.primaryKey = value("primaryKey")
        self.secondaryKey = value("secondaryKey")
        self.status = value("status")
        self.statusReason = value("statusReason")
        self.auth = value("auth")
        self.thumbprint = value("thumbprint")
        self.secondaryThumbprint = value("secondaryThumbprint")
        self.password = value("password")
        let lists = ["publish", "subscribe"].map { name in value(name)?.split(separator: " ").map(String.init) }
        if lists.contains(where: { $0 != nil }) {
            self.permissions = Permissions(publish: lists[0], subscribe: lists[1])
        }
    }

    /// The device to register.
    ///
    /// - Throws: `CommandFailure` for an `auth` that there is not.
    func device() throws(CommandFailure) -> NewDevice {
        let keys = self.authentication?.symmetricKey
        let thumbprints = self.authentication?.x509Thumbprint
        let permissions = self.permissions ?? self.weir?.permissions
        let password = self.password ?? self.weir?.password
        var device = NewDevice(
            id: self.id,
            status: self.status ?? "enabled",
            statusReason: self.statusReason,
            access: AccessChange(
                password: password.map(AccessChange.Password.set)
                    ?? self.weir?.passwordHash.map(AccessChange.Password.setHash) ?? .keep,
                publish: permissions?.publish,
                subscribe: permissions?.subscribe,
                limits: self.weir?.limits
            ),
            managedBy: self.managedBy,
            modelID: self.modelId,
            isEdge: self.capabilities?.iotEdge
        )
        let primaryKey = self.primaryKey ?? keys?.primaryKey
        let secondaryKey = self.secondaryKey ?? keys?.secondaryKey
        if let kind = try self.kind() {
            device.authentication = kind.authentication(
                keys: (primaryKey, secondaryKey),
                thumbprints: (
                    self.thumbprint ?? thumbprints?.primaryThumbprint,
                    self.secondaryThumbprint ?? thumbprints?.secondaryThumbprint
                )
            )
        } else {
            device.primaryKey = primaryKey
            device.secondaryKey = secondaryKey
        }
        return device
    }

    /// What `auth`, or `authentication.type`, or a thumbprint says; `nil` for a line that says nothing of it.
    private func kind() throws(CommandFailure) -> AuthenticationOption? {
        if let auth = self.auth {
            if let kind = AuthenticationOption(rawValue: auth) { return kind }
            let known = AuthenticationOption.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure("auth is “\(auth.prefix(64))”, expected one of \(known)")
        }
        switch self.authentication?.type {
        case "selfSigned": return .x509Thumbprint
        case "certificateAuthority": return .x509CA
        case "none": return .password
        default: return self.thumbprint != nil || self.secondaryThumbprint != nil ? .x509Thumbprint : nil
        }
    }
}
