import TelemetryModel
package import TwinModel

/// An operator's program that connects over MQTT: a dashboard, a rule engine, a bridge. It is no device: it has no
/// twin, no hub topics, and only the topics that are granted to it.
package struct ApplicationIdentity: Equatable, Sendable {
    /// 1 to 128 characters, those of a device id. No device has it.
    package var name: String
    /// Changes when an application is deleted and made again; decimal, growing.
    package var generationID: String
    /// Changes with every update; compared by `If-Match`.
    package var etag: String
    /// Whether it may connect.
    package var status: DeviceIdentity.Status
    /// Of its certificate, when it has one.
    package var thumbprint: Thumbprint?
    /// Password, topics and limits.
    package var access: IdentityAccess

    /// The name that connections without credentials have, when the configuration allows them.
    package static let anonymousName = "anonymous"

    /// An application as a caller asks for it; the store gives generation and etag.
    ///
    /// - Parameters:
    ///   - name: what it is registered under.
    ///   - status: whether it may connect.
    ///   - thumbprint: of its certificate.
    ///   - access: password, topics and limits.
    package init(
        name: String,
        status: DeviceIdentity.Status = .enabled,
        thumbprint: Thumbprint? = nil,
        access: IdentityAccess = IdentityAccess()
    ) {
        self.name = name
        self.generationID = ""
        self.etag = ""
        self.status = status
        self.thumbprint = thumbprint
        self.access = access
    }

    /// Whether an application may have this name.
    package static func isValidName(_ name: String) -> Bool {
        IdentityID.isValidPart(name) && name != ApplicationIdentity.anonymousName
    }
}

/// One change of the applications.
package enum ApplicationChange: Sendable {
    /// Makes a new one; refused when a device or an application has the name.
    case create(ApplicationIdentity)
    /// Replaces an existing one; keeps its generation.
    case update(ApplicationIdentity, ifMatch: EntityTagCondition)
    /// Removes it with its sessions.
    case delete(String, ifMatch: EntityTagCondition)

    /// Which application the change is about.
    package var name: String {
        switch self {
        case .create(let application), .update(let application, _): application.name
        case .delete(let name, _): name
        }
    }
}
