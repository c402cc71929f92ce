package import TelemetryModel

/// What is to be said of a certificate at some time. Pure.
package enum CertificateState: String, CaseIterable, Sendable {
    case valid
    /// Good, and its end is near.
    case ending
    case expired
    case revoked

    /// Before the end of a server's or device's certificate it counts as ending.
    package static let leafNotice = Duration.seconds(30 * 86_400)
    /// The same of an authority: everything that trusts it has to get the next one.
    package static let authorityNotice = Duration.seconds(180 * 86_400)

    /// Judges a certificate.
    ///
    /// - Parameters:
    ///   - notAfter: its last moment.
    ///   - isRevoked: whether it was revoked.
    ///   - notice: how long before its end it counts as ending.
    ///   - now: wall time.
    package init(notAfter: Timestamp, isRevoked: Bool = false, notice: Duration, at now: Timestamp) {
        if isRevoked {
            self = .revoked
        } else if now > notAfter {
            self = .expired
        } else {
            self = notAfter - now <= notice ? .ending : .valid
        }
    }
}
