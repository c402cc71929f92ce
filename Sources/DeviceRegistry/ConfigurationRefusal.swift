/// Why a configuration was not changed.
package enum ConfigurationRefusal: Error, Equatable, Sendable {
    case alreadyExists
    case notFound
    /// The etag is another one.
    case preconditionFailed
    /// There are as many as may be.
    case tooMany
    /// The database failed.
    case registry(RegistryError)
}
