package import FleetQuery

/// Why a query has no answer.
package enum QueryRefusal: Error, Equatable, Sendable {
    /// The answer would be too large.
    case limit(QueryLimitError)
    /// The registry has no such documents: `devices.jobs` are kept elsewhere.
    case collection(QueryCollection)
    /// The database failed.
    case registry(RegistryError)
}
