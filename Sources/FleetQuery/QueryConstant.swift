/// A constant as a query writes it.
package indirect enum QueryConstant: Equatable, Sendable {
    /// The value of what does not exist.
    case undefined
    case null
    case bool(Bool)
    case integer(Int64)
    /// Finite.
    case number(Double)
    case string(String)
    case array([QueryConstant])
}

extension QueryConstant: CustomStringConvertible {
    /// The constant as a query writes it; reads back as the same.
    package var description: String {
        switch self {
        case .undefined: "undefined"
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value.description
        case .string(let text): QueryConstant.quoted(text)
        // The space keeps an array of arrays apart from a name in brackets.
        case .array(let elements): "[ " + elements.map(\.description).joined(separator: ", ") + " ]"
        }
    }

    private static func quoted(_ text: String) -> String {
        var out = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'", "\\":
                out += "\\"
                out.unicodeScalars.append(scalar)
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default:
                out.unicodeScalars.append(scalar)
            }
        }
        return out + "'"
    }
}
