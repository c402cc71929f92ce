internal import FoundationEssentials

/// The attributes of a SCRAM message: `a=value,b=value`. Source: RFC 5802 §5.1, §7.
enum ScramFields {
    /// Bytes of a message, a nonce.
    static let messageBytesMax = 4_096
    static let nonceBytesMax = 256

    /// Splits a message into attributes, in order.
    static func split(_ text: Substring) throws(SaslError) -> [(name: Character, value: Substring)] {
        var fields: [(name: Character, value: Substring)] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let name = part.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(name | 0x20),
                part.utf8.dropFirst().first == UInt8(ascii: "=")
            else { throw .malformed("not attribute=value") }
            fields.append((Character(UnicodeScalar(name)), part[part.utf8.index(part.startIndex, offsetBy: 2)...]))
        }
        return fields
    }

    /// A saslname: `=2C` is a comma, `=3D` an equals sign, and nothing else stands behind `=`.
    static func name(_ text: Substring) throws(SaslError) -> String {
        var name = ""
        var rest = text[...]
        while let equals = rest.firstIndex(of: "=") {
            name += rest[..<equals]
            let code = rest[equals...].prefix(3)
            switch code {
            case "=2C": name += ","
            case "=3D": name += "="
            default: throw .malformed("the name holds “=” that stands for nothing")
            }
            rest = rest[code.endIndex...]
        }
        name += rest
        guard !name.isEmpty else { throw .malformed("the name is empty") }
        return name
    }

    /// Whether it is printable ASCII without comma.
    static func isNonce(_ text: some StringProtocol) -> Bool {
        (1...nonceBytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") }
    }

    static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
    }

    static func bytes(base64 text: Substring) -> [UInt8]? {
        Data(base64Encoded: String(text)).map(Array.init)
    }
}
