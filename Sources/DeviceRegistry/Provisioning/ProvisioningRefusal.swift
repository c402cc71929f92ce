package import TelemetryModel
package import TwinModel

/// Why a change of enrollments, or a registration, was refused; nothing of it was done.
package enum ProvisioningRefusal: Error, Equatable, Sendable {
    case enrollmentExists(Enrollment.Reference)
    case enrollmentNotFound(Enrollment.Reference)
    /// Its etag is another.
    case enrollmentChanged(Enrollment.Reference)
    /// There are ``ProvisioningLimits/groupsMax`` groups.
    case tooManyGroups
    case registrationNotFound(String)
    case registrationChanged(String)
    /// The enrollment is disabled, or gone since the device proved itself, or has other keys or certificates.
    case notEntitled
    /// The device's identity is there, and something else made it.
    case identityTaken(IdentityID)
    /// The registry does not allow the identity.
    case registry(RegistryError)
    /// The initial twin breaks a rule.
    case twin(TwinError)
}
