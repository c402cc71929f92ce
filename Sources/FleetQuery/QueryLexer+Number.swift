extension QueryLexer {
    /// Reads a number; the cursor stands on its first digit. Whole numbers beyond 64 bits become doubles, as in JSON.
    mutating func number() throws(QuerySyntaxError) -> QueryConstant {
        let start = self.position
        if self.text[start] == UInt8(ascii: "0"), start + 1 < self.text.count, self.text[start + 1] | 0x20 == 0x78 {
            return try self.hexadecimal()
        }
        var end = self.digits(from: start)
        var isWhole = true
        if end + 1 < self.text.count, self.text[end] == UInt8(ascii: "."), QueryLexer.isDigit(self.text[end + 1]) {
            isWhole = false
            end = self.digits(from: end + 1)
        }
        if end < self.text.count, self.text[end] | 0x20 == UInt8(ascii: "e") {
            var exponent = end + 1
            if exponent < self.text.count, self.text[exponent] == 0x2B || self.text[exponent] == 0x2D { exponent += 1 }
            guard exponent < self.text.count, QueryLexer.isDigit(self.text[exponent]) else {
                throw self.numberFault(start, "Give the exponent its digits: 1e3.")
            }
            isWhole = false
            end = self.digits(from: exponent)
        }
        if end < self.text.count, QueryLexer.continuesName(self.text[end]) {
            throw self.numberFault(start, "Put [[ and ]] around a name that begins with a digit.")
        }
        let text = String(decoding: self.text[start..<end], as: UTF8.self)
        self.move(to: end)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let value = Double(text), value.isFinite else {
            throw self.numberFault(start, "Numbers reach to 1.797e308.")
        }
        return .number(value)
    }

    private mutating func hexadecimal() throws(QuerySyntaxError) -> QueryConstant {
        let start = self.position
        var end = start + 2
        var value: Int64 = 0
        while end < self.text.count, let digit = Character(Unicode.Scalar(self.text[end])).hexDigitValue {
            guard value <= Int64.max >> 4 else {
                throw self.numberFault(start, "Hexadecimal numbers reach to 0x7FFFFFFFFFFFFFFF.")
            }
            value = value << 4 | Int64(digit)
            end += 1
        }
        guard end > start + 2, end == self.text.count || !QueryLexer.continuesName(self.text[end]) else {
            throw self.numberFault(start, "Write hexadecimal numbers with the digits 0 to 9 and A to F: 0x1F.")
        }
        self.move(to: end)
        return .integer(value)
    }

    private func digits(from start: Int) -> Int {
        var end = start
        while end < self.text.count, QueryLexer.isDigit(self.text[end]) { end += 1 }
        return end
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte)
    }

    private func numberFault(_ start: Int, _ advice: String) -> QuerySyntaxError {
        self.fault(at: start, found: "'\(self.excerpt(start))'", expected: "a number", advice: advice)
    }

    /// The letters, digits and points from here on, shortened.
    private func excerpt(_ start: Int) -> String {
        let word = self.text[start...].prefix { $0 > 0x20 && $0 < 0x7F && $0 != 0x29 && $0 != 0x2C }
        return String(decoding: word.prefix(40), as: UTF8.self) + (word.count > 40 ? "…" : "")
    }
}
