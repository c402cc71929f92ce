import CoreMetrics
import DeviceRegistry

/// The certificates' metrics.
///
/// | name | labels | what |
/// | --- | --- | --- |
/// | `weir_certificate_expiry_seconds` | `certificate`: server, authority | seconds until its end, negative behind it |
/// | `weir_device_certificates` | `state`: valid, ending, expired, revoked | certificates that the built-in CA gave to devices; those ending without a later one count as valid, too |
struct CertificateMeters: Sendable {
    private let factory: any MetricsFactory

    /// Meters of a factory.
    init(factory: any MetricsFactory) {
        self.factory = factory
    }

    /// Tells when a certificate ends.
    func expiry(_ certificate: String, _ rest: Duration) {
        Meter(
            label: "weir_certificate_expiry_seconds",
            dimensions: [("certificate", certificate)],
            factory: self.factory
        ).set(Double(rest.components.seconds))
    }

    /// Tells how many devices have certificates.
    func devices(_ counts: CertificateCounts) {
        for (state, count) in [
            ("valid", counts.valid), ("ending", counts.ending), ("expired", counts.expired),
            ("revoked", counts.revoked),
        ] {
            Meter(label: "weir_device_certificates", dimensions: [("state", state)], factory: self.factory)
                .set(Double(count))
        }
    }
}
