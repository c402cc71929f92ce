package import TelemetryModel

/// Why a change was refused.
package enum RegistryError: Error, Equatable, Sendable {
    case alreadyExists(IdentityID)
    case notFound(IdentityID)
    case preconditionFailed(IdentityID)
    /// The device has ``SQLiteIdentityStore/modulesMax`` modules.
    case tooManyModules(IdentityID)
    case applicationExists(String)
    case applicationNotFound(String)
    case applicationPreconditionFailed(String)
    /// A device and an application would have one name, and a user name would not say which.
    case nameTaken(String)
    /// The database failed; the text is its own.
    case storage(String)
}
