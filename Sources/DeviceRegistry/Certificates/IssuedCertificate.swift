package import TelemetryModel

/// A certificate that the built-in CA gave to a device or module.
package struct IssuedCertificate: Equatable, Sendable {
    /// When, why and by whom a certificate was revoked.
    package struct Revocation: Equatable, Sendable {
        package var at: Timestamp
        package var reason: RevocationReason
        /// As ``RegistryEntry/author``.
        package var author: String

        /// A revocation.
        package init(at: Timestamp, reason: RevocationReason, author: String) {
            self.at = at
            self.reason = reason
            self.author = author
        }
    }

    /// Its place in the order in which certificates were issued, from 1; 0 before it is stored.
    package var number: Int64
    /// Hex digits in capitals, two for each byte: 158 random bits, so that it names one certificate of all authorities.
    package var serial: String
    /// Whom it names.
    package var subject: IdentityID
    package var thumbprint: Thumbprint
    /// The serial of the authority's certificate.
    package var authority: String
    package var notBefore: Timestamp
    package var notAfter: Timestamp
    package var issuedAt: Timestamp
    /// Who asked for it, as ``RegistryEntry/author``.
    package var author: String
    /// `nil`: it is good until its end.
    package var revocation: Revocation?

    /// A certificate that was issued.
    package init(
        number: Int64 = 0,
        serial: String,
        subject: IdentityID,
        thumbprint: Thumbprint,
        authority: String,
        notBefore: Timestamp,
        notAfter: Timestamp,
        issuedAt: Timestamp,
        author: String,
        revocation: Revocation? = nil
    ) {
        self.number = number
        self.serial = serial
        self.subject = subject
        self.thumbprint = thumbprint
        self.authority = authority
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.issuedAt = issuedAt
        self.author = author
        self.revocation = revocation
    }

    /// What is to be said of it now.
    package func state(at now: Timestamp) -> CertificateState {
        CertificateState(
            notAfter: self.notAfter,
            isRevoked: self.revocation != nil,
            notice: CertificateState.leafNotice,
            at: now
        )
    }

    /// A serial as this type writes it, from one as people do: without case, with `:`, spaces or neither.
    ///
    /// - Returns: `nil` for what is no serial.
    package static func serial(_ text: some StringProtocol) -> String? {
        let digits = text.utf8.filter { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: " ") }
        guard (2...40).contains(digits.count), digits.count.isMultiple(of: 2) else { return nil }
        let hex = String(decoding: digits, as: UTF8.self).uppercased()
        return hex.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0) } ? hex : nil
    }

    /// The serial of a certificate, from its bytes.
    package static func serial(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
