internal import TelemetryModel

/// Cuts a query into words; numbers, texts, bracketed names and comments are read on the way.
struct SQLLexer {
    let text: [UInt8]
    /// Bytes read so far.
    private(set) var position = 0
    /// Where a `[` is an element's number and not a name: directly behind a name or a closing bracket.
    private var pathEnd: Int?

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    /// The next word, taken.
    mutating func next() throws(StreamSQLError) -> SQLToken {
        try self.skipSpace()
        let start = self.position
        guard start < self.text.count else { return SQLToken(kind: .end, range: start..<start) }
        let byte = self.text[start]
        let kind: SQLToken.Kind
        switch byte {
        case UInt8(ascii: "N") where self.byte(at: start + 1) == UInt8(ascii: "'"):
            self.position += 1
            kind = .string(try self.string())
        case _ where SQLLexer.beginsName(byte): kind = .name(try self.name())
        case 0x30...0x39: kind = .number(try self.number())
        case UInt8(ascii: ".") where SQLLexer.isDigit(self.byte(at: start + 1)) && self.pathEnd != start:
            kind = .number(try self.number())
        case UInt8(ascii: "'"): kind = .string(try self.string())
        case UInt8(ascii: "\""): kind = .bracketedName(try self.quotedName(until: byte))
        case UInt8(ascii: "[") where self.pathEnd != start:
            kind = .bracketedName(try self.quotedName(until: UInt8(ascii: "]")))
        default: kind = .symbol(try self.symbol(byte))
        }
        switch kind {
        case .name, .bracketedName, .symbol(.closeBracket), .symbol(.close): self.pathEnd = self.position
        case .number, .string, .symbol, .end: self.pathEnd = nil
        }
        return SQLToken(kind: kind, range: start..<self.position)
    }

    /// What stands at the byte is no query.
    func fault(at offset: Int, found: String, expected: String, advice: String) -> StreamSQLError {
        StreamSQLError(
            position: TextPosition(of: offset, in: self.text),
            found: found,
            expected: expected,
            advice: advice
        )
    }

    /// Whether nothing but white space stands there.
    func isSpace(_ range: Range<Int>) -> Bool {
        self.text[range].allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }

    /// The byte there; 0 behind the end.
    private func byte(at index: Int) -> UInt8 {
        index < self.text.count ? self.text[index] : 0
    }

    // MARK: Space and comments

    private mutating func skipSpace() throws(StreamSQLError) {
        while self.position < self.text.count {
            let byte = self.text[self.position]
            switch (byte, self.byte(at: self.position + 1)) {
            case (0x20, _), (0x09...0x0D, _): self.position += 1
            case (UInt8(ascii: "-"), UInt8(ascii: "-")):
                while self.position < self.text.count, self.text[self.position] != UInt8(ascii: "\n") {
                    self.position += 1
                }
            case (UInt8(ascii: "/"), UInt8(ascii: "*")): try self.skipComment()
            default: return
            }
        }
    }

    /// Comments may stand in one another, as in T-SQL.
    private mutating func skipComment() throws(StreamSQLError) {
        let start = self.position
        var depth = 0
        while self.position < self.text.count {
            switch (self.text[self.position], self.byte(at: self.position + 1)) {
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                depth += 1
                self.position += 2
            case (UInt8(ascii: "*"), UInt8(ascii: "/")):
                depth -= 1
                self.position += 2
                if depth == 0 { return }
            default: self.position += 1
            }
        }
        throw self.fault(
            at: start,
            found: "a comment without its end",
            expected: "*/ behind the comment",
            advice: "Close the comment with */."
        )
    }

    // MARK: Names

    private static func beginsName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...0xFF: true
        default: false
        }
    }

    private static func continuesName(_ byte: UInt8) -> Bool {
        SQLLexer.beginsName(byte) || SQLLexer.isDigit(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte)
    }

    /// Whether a name needs no brackets.
    static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, SQLLexer.beginsName(first) else { return false }
        return name.utf8.allSatisfy(SQLLexer.continuesName) && SQLLexer.foreignScalar(in: name) == nil
    }

    /// The first character that is neither ASCII nor part of a word in any script; `nil` when there is none.
    private static func foreignScalar(in name: String) -> Unicode.Scalar? {
        name.unicodeScalars.first { scalar in
            let properties = scalar.properties
            return !scalar.isASCII && !properties.isAlphabetic && !properties.isXIDContinue
        }
    }

    private mutating func name() throws(StreamSQLError) -> String {
        let start = self.position
        while self.position < self.text.count, SQLLexer.continuesName(self.text[self.position]) { self.position += 1 }
        let name = String(decoding: self.text[start..<self.position], as: UTF8.self)
        if let scalar = SQLLexer.foreignScalar(in: name) { throw self.foreignFault(scalar, in: name, from: start) }
        return name
    }

    /// Spaces and quotes of word processors would else be names that no event has.
    private func foreignFault(_ scalar: Unicode.Scalar, in name: String, from start: Int) -> StreamSQLError {
        let place = name.unicodeScalars.prefix { $0 != scalar }.reduce(0) { $0 + String($1).utf8.count }
        let code = String(scalar.value, radix: 16, uppercase: true)
        let advice =
            switch scalar.properties.generalCategory {
            case .initialPunctuation, .finalPunctuation: "Put plain quotes around texts: 'text'."
            case .spaceSeparator, .format: "Replace it by an ordinary space."
            default: "Put [ and ] around a name with special characters, quotes around a text."
            }
        return self.fault(
            at: start + place,
            found: "the character U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code)",
            expected: "a name, a constant or an operator",
            advice: advice
        )
    }

    /// A name between brackets or double quotes, whose end stands twice inside it.
    private mutating func quotedName(until end: UInt8) throws(StreamSQLError) -> String {
        let start = self.position
        let content = try self.quoted(
            until: end,
            what: "a name",
            advice: "Close the name with \(Character(Unicode.Scalar(end)))."
        )
        guard !content.isEmpty else {
            throw self.fault(
                at: start,
                found: end == UInt8(ascii: "]") ? "[]" : "\"\"",
                expected: "a name between the brackets",
                advice: "Write the column's name: [name with spaces]."
            )
        }
        return content
    }

    /// A text between single quotes, of which two inside the text are one.
    private mutating func string() throws(StreamSQLError) -> String {
        try self.quoted(
            until: UInt8(ascii: "'"),
            what: "a text",
            advice: "Close the text with a quote; a quote inside it is written twice: 'it''s'."
        )
    }

    private mutating func quoted(until end: UInt8, what: String, advice: String) throws(StreamSQLError) -> String {
        let start = self.position
        var content: [UInt8] = []
        var index = start + 1
        while index < self.text.count {
            let byte = self.text[index]
            if byte == end {
                guard self.byte(at: index + 1) == end else {
                    self.position = index + 1
                    return String(decoding: content, as: UTF8.self)
                }
                index += 1
            }
            content.append(byte)
            index += 1
        }
        throw self.fault(
            at: start,
            found: "\(what) without its end",
            expected: "\(Character(Unicode.Scalar(end))) behind \(what)",
            advice: advice
        )
    }

    // MARK: Numbers

    /// Whole numbers beyond 64 bits become floats, as in JSON.
    private mutating func number() throws(StreamSQLError) -> StreamValue {
        let start = self.position
        var isWhole = true
        self.skipDigits()
        if self.byte(at: self.position) == UInt8(ascii: ".") {
            isWhole = false
            self.position += 1
            self.skipDigits()
        }
        if self.byte(at: self.position) | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            self.position += 1
            let sign = self.byte(at: self.position)
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { self.position += 1 }
            guard SQLLexer.isDigit(self.byte(at: self.position)) else {
                throw self.numberFault(start, "Give the exponent its digits: 1e3.")
            }
            self.skipDigits()
        }
        guard !SQLLexer.continuesName(self.byte(at: self.position)) else {
            throw self.numberFault(start, "Put [ and ] around a name that begins with a digit.")
        }
        let text = String(decoding: self.text[start..<self.position], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .bigint(integer) }
        guard let value = Double("0" + text), value.isFinite else {
            throw self.numberFault(start, "Numbers reach to 1.797e308.")
        }
        return .float(value)
    }

    private mutating func skipDigits() {
        while SQLLexer.isDigit(self.byte(at: self.position)) { self.position += 1 }
    }

    private func numberFault(_ start: Int, _ advice: String) -> StreamSQLError {
        let word = self.text[start...].prefix { $0 > 0x20 && $0 < 0x7F && $0 != 0x29 && $0 != 0x2C }
        let excerpt = String(decoding: word.prefix(40), as: UTF8.self) + (word.count > 40 ? "…" : "")
        return self.fault(at: start, found: "'\(excerpt)'", expected: "a number", advice: advice)
    }

    // MARK: Symbols

    private mutating func symbol(_ byte: UInt8) throws(StreamSQLError) -> SQLToken.Symbol {
        let start = self.position
        let pair = String(decoding: [byte, self.byte(at: start + 1)], as: UTF8.self)
        if let symbol = SQLLexer.pairs[pair] {
            self.position += 2
            return symbol
        }
        if let symbol = SQLToken.Symbol(rawValue: String(decoding: [byte], as: UTF8.self)) {
            self.position += 1
            return symbol
        }
        let advice =
            switch byte {
            case UInt8(ascii: "|") where pair == "||": "Write + or CONCAT to join texts."
            case UInt8(ascii: "&") where pair == "&&": "Write AND."
            case UInt8(ascii: "!"): "Write NOT."
            case UInt8(ascii: "@"): "Put [ and ] around a name with special characters."
            case UInt8(ascii: "#"): "Begin a comment with --."
            default: "Put [ and ] around a name with special characters, quotes around a text."
            }
        throw self.fault(
            at: start,
            found: byte > 0x20 && byte < 0x7F
                ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(String(byte, radix: 16))",
            expected: "a name, a constant or an operator",
            advice: advice
        )
    }

    /// Operators of two characters, `!>` and `!<` of T-SQL included.
    private static let pairs: [String: SQLToken.Symbol] = [
        "<>": .notEqual, "!=": .notEqual, "<=": .lessOrEqual, ">=": .greaterOrEqual, "!>": .lessOrEqual,
        "!<": .greaterOrEqual,
    ]
}
