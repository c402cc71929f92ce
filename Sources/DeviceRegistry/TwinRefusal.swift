package import TelemetryModel
package import TwinModel

/// Why a write of a twin was not carried out.
package enum TwinRefusal: Error, Equatable, Sendable {
    /// There is no such identity.
    case notFound(IdentityID)
    /// A rule for twins, or a condition, does not allow it.
    case refused(TwinError)
}
