import Crypto
package import FoundationEssentials
import HubProtocol
import SwiftASN1
package import TelemetryModel
package import X509

/// The built-in CA: one P-256 key, a self-signed certificate, and the certificates it issues to the server and to devices.
///
/// Source: RFC 5280; host names in the SAN as RFC 6125 wants them.
package struct CertificateAuthority: Sendable {
    /// Key and certificate are not a pair.
    struct KeyMismatch: Error {}

    /// The CA's own certificate, what clients trust.
    package let certificate: Certificate
    private let key: Certificate.PrivateKey

    /// Life of the CA.
    private static let life: TimeInterval = 10 * 365 * 86_400
    /// Life of a server certificate: the longest that strict clients accept is 825 days.
    private static let serverLife: TimeInterval = 397 * 86_400
    /// Before its end a server certificate is issued anew.
    package static let renewal: TimeInterval = 30 * 86_400
    /// Begins a day ago: a board's clock may be a little behind.
    private static let backdated: TimeInterval = 86_400

    /// A CA from its stored parts.
    ///
    /// - Throws: `KeyMismatch`, or what the certificate library says.
    package init(certificatePEM: String, keyPEM: String) throws {
        try self.init(certificate: try Certificate(pemEncoded: certificatePEM), keyPEM: keyPEM)
    }

    /// The same with a certificate that was read already.
    init(certificate: Certificate, keyPEM: String) throws {
        self.certificate = certificate
        self.key = try Certificate.PrivateKey(pemEncoded: keyPEM)
        guard self.key.publicKey == certificate.publicKey else { throw KeyMismatch() }
    }

    /// A new CA.
    package init(makingAt now: Date) throws {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        self.key = key
        self.certificate = try CertificateAuthority.certificate(
            of: key.publicKey,
            until: now + CertificateAuthority.life,
            signedBy: key,
            at: now
        )
    }

    /// The CA's key, PKCS #8 PEM.
    package var keyPEM: String {
        get throws { try self.key.serializeAsPEM().pemString }
    }

    /// The serial of the CA's certificate, as `IssuedCertificate` has it.
    var serial: String { self.certificate.serial }

    /// A certificate of the next CA's key, signed by this one: who trusts this CA only can follow it to what the next one
    /// issues. The names are the same, so it does not count for the path length. Source: RFC 4210 section 4.4, "new with old".
    func link(to successor: CertificateAuthority, at now: Date) throws -> Certificate {
        try CertificateAuthority.certificate(
            of: successor.certificate.publicKey,
            until: min(self.certificate.notValidAfter, successor.certificate.notValidAfter),
            signedBy: self.key,
            at: now
        )
    }

    private static func certificate(
        of key: Certificate.PublicKey,
        until end: Date,
        signedBy issuer: Certificate.PrivateKey,
        at now: Date
    ) throws -> Certificate {
        let name = try DistinguishedName {
            CommonName("Weir gateway CA")
            OrganizationName("Weir")
        }
        return try Certificate(
            version: .v3,
            serialNumber: CertificateAuthority.makeSerial(),
            publicKey: key,
            notValidBefore: now - CertificateAuthority.backdated,
            notValidAfter: end,
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: key)
                if issuer.publicKey != key {
                    AuthorityKeyIdentifier(
                        keyIdentifier: SubjectKeyIdentifier(hash: issuer.publicKey).keyIdentifier
                    )
                }
            },
            issuerPrivateKey: issuer
        )
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
        let certificate = try self.issue(
            commonName: String((names.first ?? "weir").prefix(64)),
            key: key.publicKey,
            use: .serverAuth,
            alternativeNames: names.map(CertificateAuthority.generalName),
            until: now + CertificateAuthority.serverLife,
            at: now
        )
        return (try certificate.serializeAsPEM().pemString, try key.serializeAsPEM().pemString)
    }

    /// Issues a certificate for a device or module, whose id is its common name.
    ///
    /// - Parameters:
    ///   - subject: whom it names.
    ///   - key: the device's.
    ///   - days: its life; it ends with the CA at the latest.
    ///   - now: wall time.
    /// - Returns: the certificate.
    /// - Throws: what the certificate library says.
    package func issueDevice(
        _ subject: IdentityID,
        key: Certificate.PublicKey,
        days: Int,
        at now: Date
    ) throws -> Certificate {
        try self.issue(
            commonName: subject.description,
            key: key,
            use: .clientAuth,
            alternativeNames: [.uniformResourceIdentifier(CertificateAuthority.uri(of: subject))],
            until: now + TimeInterval(days) * 86_400,
            at: now
        )
    }

    private func issue(
        commonName: String,
        key: Certificate.PublicKey,
        use: ExtendedKeyUsage.Usage,
        alternativeNames: [GeneralName],
        until end: Date,
        at now: Date
    ) throws -> Certificate {
        try Certificate(
            version: .v3,
            serialNumber: CertificateAuthority.makeSerial(),
            publicKey: key,
            notValidBefore: max(now - CertificateAuthority.backdated, self.certificate.notValidBefore),
            notValidAfter: min(end, self.certificate.notValidAfter),
            issuer: self.certificate.subject,
            subject: try DistinguishedName { CommonName(commonName) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([use])
                SubjectAlternativeNames(alternativeNames)
                SubjectKeyIdentifier(hash: key)
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: self.certificate.publicKey).keyIdentifier
                )
            },
            issuerPrivateKey: self.key
        )
    }

    /// 20 bytes of a positive number, so that none goes before them: more than 20 are not allowed. Source: RFC 5280 section
    /// 4.1.2.2.
    private static func makeSerial() -> Certificate.SerialNumber {
        var bytes = (0..<20).map { _ in UInt8.random(in: 0...255) }
        bytes[0] = bytes[0] & 0x7F | 0x40
        return Certificate.SerialNumber(bytes: bytes)
    }

    /// Whether a server certificate of this CA is still good: issued by it, for these names, not near its end.
    ///
    /// - Parameters:
    ///   - pem: the certificate, perhaps with more behind it.
    ///   - names: what clients call the server.
    ///   - now: wall time.
    /// - Returns: whether it need not be issued anew.
    package func accepts(serverCertificatePEM pem: String, names: [String], at now: Date) -> Bool {
        guard let certificate = try? CertificateAuthority.certificates(pem: pem).first,
            self.certificate.publicKey.isValidSignature(certificate.signature, for: certificate),
            certificate.notValidBefore <= now, certificate.notValidAfter - CertificateAuthority.renewal > now,
            let covered = try? certificate.extensions.subjectAlternativeNames
        else { return false }
        return Set(names.map(CertificateAuthority.generalName)).isSubset(of: Set(covered))
    }

    /// The certificates of a PEM text, in its order.
    static func certificates(pem: String) throws -> [Certificate] {
        try PEMDocument.parseMultiple(pemString: pem).map { try Certificate(pemDocument: $0) }
    }

    /// Certificates as one PEM text.
    static func pem(_ certificates: [Certificate]) throws -> String {
        try certificates.map { try $0.serializeAsPEM().pemString + "\n" }.joined()
    }

    /// `urn:weir:device:dev1`, `urn:weir:device:dev1:module:mod1`; percent-encoded, since ids may hold `:`.
    private static func uri(of subject: IdentityID) -> String {
        let device = "urn:weir:device:\(PercentEncoding.encode(subject.device))"
        return subject.module.map { "\(device):module:\(PercentEncoding.encode($0))" } ?? device
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
