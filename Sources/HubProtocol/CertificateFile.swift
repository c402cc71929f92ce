import Crypto
import FoundationEssentials

/// The first certificate of a file, PEM or DER, as far as its thumbprint needs it.
package struct CertificateFile: Sendable {
    /// The certificate, DER.
    package let der: [UInt8]

    private static let begin = "-----BEGIN CERTIFICATE-----"
    private static let end = "-----END CERTIFICATE-----"

    /// Finds the certificate in a file's bytes; `nil` when there is none.
    ///
    /// Only the outermost frame is looked at: who has a thumbprint of nonsense has a device that nobody can be.
    package init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let begin = text.firstRange(of: CertificateFile.begin) else {
            // A SEQUENCE with a length of two bytes. Source: X.690 section 8.1.
            guard bytes.count > 4, bytes[0] == 0x30, bytes[1] == 0x82,
                Int(bytes[2]) << 8 | Int(bytes[3]) == bytes.count - 4
            else { return nil }
            self.der = bytes
            return
        }
        guard let end = text[begin.upperBound...].firstRange(of: CertificateFile.end),
            let der = Data(base64Encoded: String(text[begin.upperBound..<end.lowerBound].filter { !$0.isWhitespace })),
            der.first == 0x30
        else { return nil }
        self.der = Array(der)
    }

    /// SHA-256 of the certificate, 64 hex digits in capitals.
    package var thumbprint: String {
        let digits = Array("0123456789ABCDEF".utf8)
        let hex = SHA256.hash(data: self.der).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: hex, as: UTF8.self)
    }
}
