import Crypto
import FoundationEssentials

/// The name under which a device registers with the provisioning service.
///
/// 1 to 128 characters of `A–Z a–z 0–9 - . _ :`, the last a letter or digit. The service looks it up without case; keys are
/// derived from it as it is written. Source: contract provisioning section 2.
package struct RegistrationID: Hashable, Sendable, CustomStringConvertible {
    /// Characters at most.
    package static let lengthMax = 128

    /// As the device writes it.
    package let text: String

    /// A checked id; `nil` when it is empty, too long, holds a forbidden character or ends with a sign.
    package init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard (1...RegistrationID.lengthMax).contains(bytes.count), bytes.allSatisfy(RegistrationID.isAllowed),
            let last = text.last, last.isLetter || last.isNumber
        else { return nil }
        self.text = String(text)
    }

    /// What it is looked up by: in lower case.
    package var key: String { self.text.lowercased() }

    package var description: String { self.text }

    /// The key of this device in a group: HMAC-SHA256 of the id as it is written, with the group's key.
    ///
    /// - Parameter groupKey: base64.
    /// - Returns: Base64; `nil` when the group's key is not base64.
    package func deviceKey(ofGroup groupKey: String) -> String? {
        guard let bytes = SASToken.keyBytes(groupKey) else { return nil }
        let code = HMAC<SHA256>.authenticationCode(for: Array(self.text.utf8), using: SymmetricKey(data: bytes))
        return Data(code).base64EncodedString()
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: ":"):
            true
        default:
            false
        }
    }
}
