extension QueryLexer {
    /// Reads a text; the cursor stands on its opening quote, of which two inside the text are one.
    mutating func string() throws(QuerySyntaxError) -> String {
        let start = self.position
        let quote = self.text[start]
        var content: [UInt8] = []
        var index = start + 1
        while index < self.text.count {
            let byte = self.text[index]
            if byte == quote {
                guard index + 1 < self.text.count, self.text[index + 1] == quote else {
                    self.move(to: index + 1)
                    return String(decoding: content, as: UTF8.self)
                }
                content.append(quote)
                index += 2
            } else if byte == UInt8(ascii: "\\") {
                index = try self.escape(at: index, into: &content)
            } else {
                content.append(byte)
                index += 1
            }
        }
        throw self.fault(
            at: start,
            found: "a text without its end",
            expected: "\(quote == UInt8(ascii: "'") ? "'" : "\"") behind the text",
            advice: "Close the text with the quote it began with; a quote inside it is written \\' or \\\"."
        )
    }

    /// Reads one escape and returns where the text goes on.
    private func escape(at start: Int, into content: inout [UInt8]) throws(QuerySyntaxError) -> Int {
        let letter = start + 1 < self.text.count ? self.text[start + 1] : 0
        switch letter {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            let first = try self.unit(at: start)
            if let scalar = Unicode.Scalar(first) {
                content.append(contentsOf: String(Character(scalar)).utf8)
                return start + 6
            }
            guard (0xD800...0xDBFF).contains(first), start + 7 < self.text.count, self.text[start + 6] == 0x5C,
                self.text[start + 7] == UInt8(ascii: "u")
            else { throw self.surrogateFault(start) }
            let second = try self.unit(at: start + 6)
            guard (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            else { throw self.surrogateFault(start) }
            content.append(contentsOf: String(Character(scalar)).utf8)
            return start + 12
        default:
            throw self.fault(
                at: start,
                found: "an unknown escape in a text",
                expected: #"one of \' \" \\ \/ \b \f \n \r \t \uXXXX"#,
                advice: #"Write \\ for a backslash."#
            )
        }
        return start + 2
    }

    /// The four hexadecimal digits of the `\u` at the byte.
    private func unit(at start: Int) throws(QuerySyntaxError) -> UInt32 {
        var unit: UInt32 = 0
        for index in (start + 2)..<(start + 6) {
            guard index < self.text.count, let digit = Character(Unicode.Scalar(self.text[index])).hexDigitValue else {
                throw self.fault(
                    at: start,
                    found: #"a \u without four hexadecimal digits"#,
                    expected: #"\uXXXX"#,
                    advice: #"Write four digits: \u00FC."#
                )
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    private func surrogateFault(_ start: Int) -> QuerySyntaxError {
        self.fault(
            at: start,
            found: "half of a surrogate pair",
            expected: "a whole character",
            advice: #"Write both halves: \uD83D\uDE00, or the character itself."#
        )
    }
}
