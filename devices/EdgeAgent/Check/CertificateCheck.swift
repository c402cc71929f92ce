import EdgeCore
import TelemetryModel

/// Whether the certificates in files can be read, and how long they are valid.
enum CertificateCheck {
    /// An authority lives for years, and whoever renews it has to visit each board.
    private static let authorityWarning: Duration = .seconds(60 * 86_400)
    private static let deviceWarning: Duration = .seconds(14 * 86_400)

    static func findings(_ configuration: AgentConfiguration, now: Timestamp) -> [CheckFinding] {
        guard configuration.tls.enabled else {
            return [.warning("tls", "is switched off; only this machine is reached")]
        }
        var findings: [CheckFinding] = []
        if let file = configuration.tls.files.caFile {
            findings.append(self.finding("trusts \(file)", file, key: "caFile", now, warning: self.authorityWarning))
        } else {
            findings.append(.pass("tls", "trusts the operating system's authorities"))
        }
        if let file = configuration.tls.files.certificateFile {
            findings.append(
                self.finding("certificate \(file)", file, key: "certificateFile", now, warning: self.deviceWarning)
            )
        }
        return findings
    }

    private static func finding(
        _ what: String,
        _ file: String,
        key: String,
        _ now: Timestamp,
        warning: Duration
    ) -> CheckFinding {
        do throws(CertificateFile.Fault) {
            let certificate = try CertificateFile(file)
            let text = "\(what), valid until \(certificate.validUntil)"
            if certificate.validUntil < now { return .failure("tls", "\(text): it has expired (tls.\(key))") }
            if certificate.validUntil - now < warning {
                return .warning("tls", "\(text): renew it (tls.\(key))")
            }
            return .pass("tls", text)
        } catch {
            return .failure("tls", "tls.\(key): \(error.message)")
        }
    }
}
