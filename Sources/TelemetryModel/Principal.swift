/// Who a connection speaks for: the owner of its sessions, limits and permissions.
///
/// A device, an application and a registration of one name are different principals.
package enum Principal: Hashable, Sendable {
    /// A registered device or module.
    case identity(IdentityID)
    /// An operator's program, by the name it is registered under.
    case application(String)
    /// A device that asks the provisioning service who it is, by its registration id in lower case. It has no session, no
    /// permissions and no telemetry.
    case registration(String)

    /// The device or module; `nil` for everybody else.
    package var identity: IdentityID? {
        switch self {
        case .identity(let id): id
        case .application, .registration: nil
        }
    }
}

extension Principal: CustomStringConvertible {
    /// `dev1`, `dev1/mod1`, `application grafana`: a space is in no identity's name, so no two are alike.
    package var description: String {
        switch self {
        case .identity(let id): id.description
        case .application(let name): "application \(name)"
        case .registration(let id): "registration \(id)"
        }
    }
}
