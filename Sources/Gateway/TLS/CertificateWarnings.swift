package import DeviceRegistry
package import TelemetryModel

/// What is to be said about certificates that end. Pure.
package struct CertificateWarnings: Equatable, Sendable {
    /// A certificate of the gateway's own.
    package struct Term: Equatable, Sendable {
        package var notAfter: Timestamp
        /// The operator's file; `nil`: the gateway renews it by itself.
        package var file: String?

        /// The end of a certificate.
        package init(notAfter: Timestamp, file: String? = nil) {
            self.notAfter = notAfter
            self.file = file
        }
    }

    /// Before its end a server certificate that the gateway should have renewed by itself is worth a warning.
    private static let renewalNotice = Duration.seconds(14 * 86_400)

    /// What does not work, with what to do.
    package private(set) var faults: [String] = []
    /// What will not work, with what to do.
    package private(set) var warnings: [String] = []

    /// Judges the certificates.
    ///
    /// - Parameters:
    ///   - server: the TLS listeners'; `nil` without any.
    ///   - authority: the built-in CA in use; `nil` without one.
    ///   - devices: certificates of devices by state.
    ///   - renewalFault: why the last renewal, or reading of the operator's file, failed.
    ///   - now: wall time.
    package init(
        server: Term?,
        authority: Term?,
        devices: CertificateCounts,
        renewalFault: String? = nil,
        at now: Timestamp
    ) {
        if let server { self.judge(server, at: now) }
        if let authority { self.judge(authority: authority, at: now) }
        if let renewalFault {
            self.warnings.append("the server certificate was not renewed, the one before it is in use: \(renewalFault)")
        }
        if devices.ending > 0 {
            let subject =
                devices.ending == 1
                ? "the certificate of 1 device ends" : "the certificates of \(devices.ending) devices end"
            self.warnings.append(
                "\(subject) within \(CertificateState.leafNotice.components.seconds / 86_400) days: "
                    + "weir ca list --state ending, then weir ca renew NAME --out DIR"
            )
        }
    }

    private mutating func judge(_ server: Term, at now: Timestamp) {
        let notice = server.file == nil ? CertificateWarnings.renewalNotice : CertificateState.leafNotice
        let advice = server.file.map { "put the next one into \($0), then weir ca renew" } ?? "weir ca renew"
        switch CertificateState(notAfter: server.notAfter, notice: notice, at: now) {
        case .valid, .revoked: break
        case .ending: self.warnings.append("the server certificate ends at \(server.notAfter): \(advice)")
        case .expired: self.faults.append("the server certificate ended at \(server.notAfter): \(advice)")
        }
    }

    private mutating func judge(authority: Term, at now: Timestamp) {
        let advice = "weir ca init --replace, then give clients and devices the new tls/ca.pem"
        switch CertificateState(notAfter: authority.notAfter, notice: CertificateState.authorityNotice, at: now) {
        case .valid, .revoked: break
        case .ending: self.warnings.append("the built-in CA ends at \(authority.notAfter): \(advice)")
        case .expired: self.faults.append("the built-in CA ended at \(authority.notAfter): \(advice)")
        }
    }
}
