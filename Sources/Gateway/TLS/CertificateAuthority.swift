import Crypto
package import FoundationEssentials
import SwiftASN1
package import X509

/// The built-in CA: one P-256 key, a self-signed certificate, and the server certificates it issues.
///
/// Source: RFC 5280; host names in the SAN as RFC 6125 wants them.
package struct CertificateAuthority {
    /// The CA's own certificate, what clients trust.
    package let certificate: Certificate
    private let key: Certificate.PrivateKey

    /// Life of the CA.
    private static let life: TimeInterval = 10 * 365 * 86_400
    /// Life of a server certificate: the longest that strict clients accept is 825 days.
    private static let serverLife: TimeInterval = 397 * 86_400
    /// Begins a day ago: a board's clock may be a little behind.
    private static let backdated: TimeInterval = 86_400

    /// A CA from its stored parts.
    package init(certificatePEM: String, keyPEM: String) throws {
        self.certificate = try Certificate(pemEncoded: certificatePEM)
        self.key = try Certificate.PrivateKey(pemEncoded: keyPEM)
    }

    /// A new CA.
    package init(makingAt now: Date) throws {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name = try DistinguishedName {
            CommonName("Weir gateway CA")
            OrganizationName("Weir")
        }
        let identifier = SubjectKeyIdentifier(hash: key.publicKey)
        self.key = key
        self.certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key.publicKey,
            notValidBefore: now - CertificateAuthority.backdated,
            notValidAfter: now + CertificateAuthority.life,
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                identifier
            },
            issuerPrivateKey: key
        )
    }

    /// The CA's key, PKCS #8 PEM.
    package var keyPEM: String {
        get throws { try self.key.serializeAsPEM().pemString }
    }

    /// Issues a certificate for a server.
    ///
    /// - Parameters:
    ///   - names: DNS names or IP addresses that clients use to reach it.
    ///   - now: wall time.
    /// - Returns: certificate and key, PEM.
    /// - Throws: what the certificate library says, of a name that cannot stand in a certificate, say.
    package func issueServer(names: [String], at now: Date) throws -> (certificatePEM: String, keyPEM: String) {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key.publicKey,
            notValidBefore: now - CertificateAuthority.backdated,
            notValidAfter: now + CertificateAuthority.serverLife,
            issuer: self.certificate.subject,
            subject: try DistinguishedName { CommonName(String((names.first ?? "weir").prefix(64))) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names.map(CertificateAuthority.generalName))
                SubjectKeyIdentifier(hash: key.publicKey)
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: self.certificate.publicKey).keyIdentifier
                )
            },
            issuerPrivateKey: self.key
        )
        return (try certificate.serializeAsPEM().pemString, try key.serializeAsPEM().pemString)
    }

    /// Whether a server certificate of this CA is still good: issued by it, for these names, not near its end.
    package func accepts(serverCertificatePEM pem: String, names: [String], at now: Date) -> Bool {
        guard let certificate = try? Certificate(pemEncoded: pem),
            self.certificate.publicKey.isValidSignature(certificate.signature, for: certificate),
            certificate.notValidBefore <= now, certificate.notValidAfter - 30 * 86_400 > now,
            let covered = try? certificate.extensions.subjectAlternativeNames
        else { return false }
        return Set(names.map(CertificateAuthority.generalName)).isSubset(of: Set(covered))
    }

    /// An address as bytes, anything else as a DNS name.
    private static func generalName(_ name: String) -> GeneralName {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { UInt8($0) }
        if parts.count == 4, bytes.count == 4 {
            return .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
        }
        return .dnsName(name)
    }
}
