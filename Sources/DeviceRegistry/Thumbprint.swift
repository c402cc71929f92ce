import Crypto
import FoundationEssentials

/// The hash of a certificate as an operator registers it: SHA-1 (40 hex digits) or SHA-256 (64) of the DER.
///
/// Read without case and without `:` and spaces; kept in capitals. Source: contract iothub-mqtt section 3, "X.509".
package struct Thumbprint: Hashable, Sendable {
    /// 40 or 64 hex digits in capitals.
    package let hex: String

    /// Reads a thumbprint as people write it; `nil` when it is none.
    package init?(_ text: some StringProtocol) {
        var digits = [UInt8]()
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: ":"), UInt8(ascii: " "): continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"): digits.append(byte)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digits.append(byte - 0x20)
            default: return nil
            }
            guard digits.count <= 64 else { return nil }
        }
        guard digits.count == 40 || digits.count == 64 else { return nil }
        self.hex = String(decoding: digits, as: UTF8.self)
    }

    private init(digest: some Sequence<UInt8>) {
        let digits = Array("0123456789ABCDEF".utf8)
        self.hex = String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The SHA-256 thumbprint of a certificate, DER.
    package static func sha256(of der: [UInt8]) -> Thumbprint {
        Thumbprint(digest: SHA256.hash(data: der))
    }

    /// The SHA-1 thumbprint of a certificate. SHA-1 because the contract has it; a second certificate of one
    /// thumbprint needs a second preimage, which nobody can make.
    package static func sha1(of der: [UInt8]) -> Thumbprint {
        Thumbprint(digest: Insecure.SHA1.hash(data: der))
    }

    /// Both thumbprints a certificate, DER, may be registered under.
    package static func all(of der: [UInt8]) -> [Thumbprint] {
        [.sha256(of: der), .sha1(of: der)]
    }
}

extension Thumbprint: CustomStringConvertible {
    package var description: String { self.hex }
}
