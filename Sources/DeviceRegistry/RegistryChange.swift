package import TelemetryModel
package import TwinModel

/// One change of the registry.
package enum RegistryChange: Sendable {
    /// Makes a new identity.
    case create(DeviceIdentity)
    /// Replaces status and credentials of an existing one; keeps its generation.
    case update(DeviceIdentity, ifMatch: EntityTagCondition)
    /// Makes or replaces.
    case createOrUpdate(DeviceIdentity)
    /// Removes the identity, its modules and their sessions.
    case delete(IdentityID, ifMatch: EntityTagCondition)

    /// Whom the change is about.
    package var id: IdentityID {
        switch self {
        case .create(let identity), .update(let identity, _), .createOrUpdate(let identity): identity.id
        case .delete(let id, _): id
        }
    }
}
