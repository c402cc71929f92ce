package import TelemetryModel

/// Which certificates are meant.
package enum CertificateSelection: Equatable, Sendable {
    case all
    /// The one of this serial.
    case serial(String)
    /// Those of a device, without its modules', or of a module.
    case subject(IdentityID)
    /// Those that other authorities signed than the one of this serial.
    case othersThan(authority: String)
}
