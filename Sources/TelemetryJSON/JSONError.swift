/// Why bytes are not what a scanner wanted, and where.
package struct JSONError: Error, Equatable, Sendable {
    package enum Code: Equatable, Sendable {
        /// The bytes end inside a value.
        case unexpectedEnd
        case unexpectedByte(UInt8)
        /// A backslash before something RFC 8259 §7 does not list, or `\u` without four hexadecimal digits.
        case invalidEscape
        /// A raw byte below 0x20 in a string.
        case controlCharacter(UInt8)
        case invalidUTF8
        /// A number with a leading zero, or without digits where RFC 8259 §6 wants some.
        case invalidNumber
        /// A number beyond what the reader keeps: a `Double`, or an integer of 64 bits.
        case numberTooLarge
        case nestingTooDeep(limit: Int)
        /// More values, or more objects, than the reader takes from one text.
        case tooMany(limit: Int)
        /// Something other than white space after the value.
        case trailingBytes
        /// Valid JSON, but neither an object nor an array of objects.
        case notTelemetry
    }

    package var code: Code
    /// Bytes from the start of the input.
    package var offset: Int

    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    /// What is wrong and at which byte: `unexpected byte 0x7d at byte 12`.
    package var description: String {
        let what =
            switch self.code {
            case .unexpectedEnd: "the JSON text ends too early"
            case .unexpectedByte(let byte): "unexpected byte \(JSONError.hexadecimal(byte))"
            case .invalidEscape: "unknown escape in a string"
            case .controlCharacter(let byte): "unescaped control character \(JSONError.hexadecimal(byte)) in a string"
            case .invalidUTF8: "a string that is not UTF-8"
            case .invalidNumber: "a malformed number"
            case .numberTooLarge: "a number that is too large"
            case .nestingTooDeep(let limit): "nesting deeper than \(limit) levels"
            case .tooMany(let limit): "more than the \(limit) values or objects of one text"
            case .trailingBytes: "more bytes after the JSON value"
            case .notTelemetry: "neither an object nor an array of objects"
            }
        return "\(what) at byte \(self.offset)"
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0x0" : "0x") + String(byte, radix: 16)
    }
}
