import GRDB
import TelemetryModel

/// The row of table `certificate`.
struct CertificateRow: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "certificate"

    /// `nil` lets SQLite number a new one.
    var number: Int64?
    var serial: String
    var device: String
    var module: String
    var thumbprint: String
    var authority: String
    var notBeforeMilliseconds: Int64
    var notAfterMilliseconds: Int64
    var issuedMilliseconds: Int64
    var author: String
    var revokedMilliseconds: Int64?
    var revocationReason: String?
    var revocationAuthor: String?

    init(_ certificate: IssuedCertificate) {
        self.number = certificate.number > 0 ? certificate.number : nil
        self.serial = certificate.serial
        self.device = certificate.subject.device
        self.module = certificate.subject.module ?? ""
        self.thumbprint = certificate.thumbprint.hex
        self.authority = certificate.authority
        self.notBeforeMilliseconds = certificate.notBefore.milliseconds
        self.notAfterMilliseconds = certificate.notAfter.milliseconds
        self.issuedMilliseconds = certificate.issuedAt.milliseconds
        self.author = certificate.author
        self.revokedMilliseconds = certificate.revocation?.at.milliseconds
        self.revocationReason = certificate.revocation?.reason.rawValue
        self.revocationAuthor = certificate.revocation?.author
    }

    /// A reason of a later version is one that this version does not know, and the certificate is revoked.
    var revocation: IssuedCertificate.Revocation? {
        self.revokedMilliseconds.map { milliseconds in
            IssuedCertificate.Revocation(
                at: Timestamp(milliseconds: milliseconds),
                reason: self.revocationReason.flatMap(RevocationReason.init) ?? .unspecified,
                author: self.revocationAuthor ?? ""
            )
        }
    }

    /// The certificate; throws for a row that nobody here wrote.
    var certificate: IssuedCertificate {
        get throws(RegistryError) {
            guard let subject = IdentityID(device: self.device, module: self.module.isEmpty ? nil : self.module),
                let thumbprint = Thumbprint(self.thumbprint)
            else { throw .storage("the row of certificate \(self.serial) was written by a later version") }
            return IssuedCertificate(
                number: self.number ?? 0,
                serial: self.serial,
                subject: subject,
                thumbprint: thumbprint,
                authority: self.authority,
                notBefore: Timestamp(milliseconds: self.notBeforeMilliseconds),
                notAfter: Timestamp(milliseconds: self.notAfterMilliseconds),
                issuedAt: Timestamp(milliseconds: self.issuedMilliseconds),
                author: self.author,
                revocation: self.revocation
            )
        }
    }
}
