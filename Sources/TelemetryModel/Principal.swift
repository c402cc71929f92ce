/// Who a connection speaks for: the owner of its sessions, limits and permissions.
///
/// A device and an application of one name are different principals.
package enum Principal: Hashable, Sendable {
    /// A registered device or module.
    case identity(IdentityID)
    /// An operator's program, by the name it is registered under.
    case application(String)

    /// The device or module; `nil` for an application.
    package var identity: IdentityID? {
        switch self {
        case .identity(let id): id
        case .application: nil
        }
    }
}

extension Principal: CustomStringConvertible {
    /// `dev1`, `dev1/mod1`, `application grafana`: a space is in no identity's name, so no two are alike.
    package var description: String {
        switch self {
        case .identity(let id): id.description
        case .application(let name): "application \(name)"
        }
    }
}
