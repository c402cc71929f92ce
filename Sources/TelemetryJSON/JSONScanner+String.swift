extension JSONScanner {
    /// Where a string's content lies between its quotes.
    struct StringSlice {
        var content: Range<Int>
        /// Whether the content must be unescaped before use.
        var hasEscapes: Bool
    }

    /// Reads over a string; the cursor stands on its opening quote.
    mutating func skipString() throws(JSONError) -> StringSlice {
        self.position += 1
        let start = self.position
        var hasEscapes = false
        while true {
            self.skipPlain()
            guard self.position < self.count else { throw JSONError(.unexpectedEnd, at: self.position) }
            let byte = self.base[self.position]
            if byte == UInt8(ascii: "\"") {
                self.position += 1
                return StringSlice(content: start..<(self.position - 1), hasEscapes: hasEscapes)
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try self.skipEscape()
            } else if byte < 0x20 {
                throw JSONError(.controlCharacter(byte), at: self.position)
            } else {
                try self.skipMultibyte(lead: byte)
            }
        }
    }

    /// Reads over ASCII that needs no attention, eight bytes at a time while eight are left.
    @inline(__always)
    private mutating func skipPlain() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while self.position + 8 <= self.count {
            let word = UnsafeRawPointer(self.base + self.position).loadUnaligned(as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            // A byte's high bit is set in `stop` when it is below 0x20, a quote, a backslash or above 0x7F. Borrows may set
            // it for a byte after such a one too, so only whether any is set means something.
            let stop = (word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones) | word
            guard stop & highs == 0 else { break }
            self.position += 8
        }
        while self.position < self.count {
            let byte = self.base[self.position]
            guard byte >= 0x20, byte < 0x80, byte != 0x22, byte != 0x5C else { return }
            self.position += 1
        }
    }

    private mutating func skipEscape() throws(JSONError) {
        let start = self.position
        guard start + 1 < self.count else { throw JSONError(.unexpectedEnd, at: self.count) }
        switch self.base[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            self.position = start + 2
        case UInt8(ascii: "u"):
            for index in (start + 2)..<(start + 6) {
                guard index < self.count else { throw JSONError(.unexpectedEnd, at: self.count) }
                guard JSONScanner.hexadecimalDigit(self.base[index]) != nil else {
                    throw JSONError(.invalidEscape, at: start)
                }
            }
            self.position = start + 6
        default:
            throw JSONError(.invalidEscape, at: start)
        }
    }

    /// Reads over one character of two to four bytes (Unicode 16, table 3-7: no overlong forms, no surrogates).
    private mutating func skipMultibyte(lead: UInt8) throws(JSONError) {
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw JSONError(.invalidUTF8, at: self.position)
        }
        for index in 1..<length {
            guard self.position + index < self.count else { throw JSONError(.unexpectedEnd, at: self.count) }
            let byte = self.base[self.position + index]
            guard index == 1 ? second.contains(byte) : (0x80...0xBF).contains(byte) else {
                throw JSONError(.invalidUTF8, at: self.position)
            }
        }
        self.position += length
    }

    /// Appends a checked string's content without its escapes; a lone surrogate becomes U+FFFD.
    func unescape(_ slice: StringSlice, into out: inout [UInt8]) {
        var index = slice.content.lowerBound
        while index < slice.content.upperBound {
            let byte = self.base[index]
            guard byte == UInt8(ascii: "\\") else {
                out.append(byte)
                index += 1
                continue
            }
            index += 2
            switch self.base[index - 1] {
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0C)
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                let (scalar, end) = self.scalar(at: index, before: slice.content.upperBound)
                out.append(contentsOf: String(Character(scalar)).utf8)
                index = end
            case let other: out.append(other)
            }
        }
    }

    /// The character of a `\u` escape whose digits begin at `index`, with its low surrogate when it has one.
    private func scalar(at index: Int, before end: Int) -> (Unicode.Scalar, Int) {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        let first = self.hexadecimalUnit(at: index)
        guard (0xD800...0xDBFF).contains(first) else {
            return (Unicode.Scalar(first) ?? replacement, index + 4)
        }
        guard index + 10 <= end, self.base[index + 4] == UInt8(ascii: "\\"), self.base[index + 5] == UInt8(ascii: "u")
        else { return (replacement, index + 4) }
        let second = self.hexadecimalUnit(at: index + 6)
        guard (0xDC00...0xDFFF).contains(second) else { return (replacement, index + 4) }
        let code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        return (Unicode.Scalar(code) ?? replacement, index + 10)
    }

    private func hexadecimalUnit(at index: Int) -> UInt32 {
        (index..<(index + 4)).reduce(0) { $0 << 4 | UInt32(JSONScanner.hexadecimalDigit(self.base[$1]) ?? 0) }
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
