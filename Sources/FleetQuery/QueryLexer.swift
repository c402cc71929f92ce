/// Cuts a query into words; numbers and strings are read on the way.
struct QueryLexer {
    let text: [UInt8]
    /// Names with hyphens that are one word.
    let hyphenatedNames: [[UInt8]]
    /// Bytes read so far.
    private(set) var position = 0

    init(_ text: String, hyphenatedNames: [String]) {
        self.text = Array(text.utf8)
        self.hyphenatedNames = hyphenatedNames.map { Array($0.utf8) }
    }

    /// The same with ASCII letters as capitals.
    static func capitals(_ name: String) -> String {
        String(decoding: name.utf8.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }, as: UTF8.self)
    }

    /// Whether a name needs no `[[ ]]`.
    static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, QueryLexer.beginsName(first) else { return false }
        return name.utf8.allSatisfy(QueryLexer.continuesName) && QueryLexer.foreignScalar(in: name) == nil
    }

    /// The first character that is neither ASCII nor part of a word in any script; `nil` when there is none.
    private static func foreignScalar(in name: String) -> Unicode.Scalar? {
        name.unicodeScalars.first { scalar in
            let properties = scalar.properties
            return !scalar.isASCII && !properties.isAlphabetic && !properties.isXIDContinue
        }
    }

    /// The next word, taken.
    mutating func next() throws(QuerySyntaxError) -> QueryToken {
        self.skipSpace()
        let start = self.position
        guard start < self.text.count else { return QueryToken(kind: .end, range: start..<start) }
        let byte = self.text[start]
        let kind: QueryToken.Kind
        switch byte {
        case _ where QueryLexer.beginsName(byte): kind = .name(try self.name())
        case 0x30...0x39: kind = .number(try self.number())
        case UInt8(ascii: "'"), UInt8(ascii: "\""): kind = .string(try self.string())
        default: kind = .symbol(try self.symbol(byte))
        }
        return QueryToken(kind: kind, range: start..<self.position)
    }

    /// Whether the next byte, without white space before it, is this one.
    func isNext(_ byte: UInt8) -> Bool {
        self.position < self.text.count && self.text[self.position] == byte
    }

    /// Reads the odd name whose first `[` was the last word, up to its `]]`.
    mutating func bracketedName() throws(QuerySyntaxError) -> String {
        let start = self.position - 1
        let first = self.position + 1
        var end = first
        while end + 1 < self.text.count {
            let isClosed = self.text[end] == UInt8(ascii: "]") && self.text[end + 1] == UInt8(ascii: "]")
            let goesOn = end + 2 < self.text.count && self.text[end + 2] == UInt8(ascii: "]")
            if isClosed, !goesOn {
                guard end > first else {
                    throw self.fault(
                        at: start,
                        found: "[[]]",
                        expected: "a name between the brackets",
                        advice: "Write the property's name: [[name with.dots]]."
                    )
                }
                self.position = end + 2
                return String(decoding: self.text[first..<end], as: UTF8.self)
            }
            end += 1
        }
        throw self.fault(
            at: start,
            found: "[[ without its end",
            expected: "]] behind the name",
            advice: "Close the name with ]]."
        )
    }

    /// Goes on at the byte.
    mutating func move(to position: Int) {
        self.position = position
    }

    /// What stands at the byte is no query.
    func fault(at offset: Int, found: String, expected: String, advice: String) -> QuerySyntaxError {
        QuerySyntaxError(in: self.text, at: offset, found: found, expected: expected, advice: advice)
    }

    private static func beginsName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...0xFF: true
        default: false
        }
    }

    static func continuesName(_ byte: UInt8) -> Bool {
        QueryLexer.beginsName(byte) || (0x30...0x39).contains(byte)
    }

    private mutating func skipSpace() {
        while self.position < self.text.count {
            let byte = self.text[self.position]
            guard byte == 0x20 || (0x09...0x0D).contains(byte) else { return }
            self.position += 1
        }
    }

    private mutating func name() throws(QuerySyntaxError) -> String {
        let start = self.position
        while self.position < self.text.count, QueryLexer.continuesName(self.text[self.position]) { self.position += 1 }
        if self.isNext(UInt8(ascii: "-")) {
            for name in self.hyphenatedNames where self.text[start...].starts(with: name) {
                let end = start + name.count
                guard end == self.text.count || !QueryLexer.continuesName(self.text[end]) else { continue }
                self.position = end
            }
        }
        let name = String(decoding: self.text[start..<self.position], as: UTF8.self)
        if let scalar = QueryLexer.foreignScalar(in: name) { throw self.foreignFault(scalar, in: name, from: start) }
        return name
    }

    /// Spaces and quotes of word processors would else be names that no document has.
    private func foreignFault(_ scalar: Unicode.Scalar, in name: String, from start: Int) -> QuerySyntaxError {
        let place = name.unicodeScalars.prefix { $0 != scalar }.reduce(0) { $0 + String($1).utf8.count }
        let code = String(scalar.value, radix: 16, uppercase: true)
        let advice =
            switch scalar.properties.generalCategory {
            case .initialPunctuation, .finalPunctuation: "Put plain quotes around texts: 'text'."
            case .spaceSeparator, .format: "Replace it by an ordinary space."
            default: "Put [[ and ]] around a name with special characters, quotes around a text."
            }
        return self.fault(
            at: start + place,
            found: "the character U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code)",
            expected: "a name, a constant or an operator",
            advice: advice
        )
    }

    private mutating func symbol(_ byte: UInt8) throws(QuerySyntaxError) -> QueryToken.Symbol {
        let start = self.position
        let following = start + 1 < self.text.count ? self.text[start + 1] : 0
        let pair = String(decoding: [byte, following], as: UTF8.self)
        if let advice = QueryLexer.foreignPairs[pair] {
            throw self.fault(at: start, found: "'\(pair)'", expected: "an operator of this language", advice: advice)
        }
        if pair == "<>" {
            self.position += 2
            return .notEqual
        }
        if let symbol = QueryToken.Symbol(rawValue: pair) {
            self.position += 2
            return symbol
        }
        if let symbol = QueryToken.Symbol(rawValue: String(decoding: [byte], as: UTF8.self)) {
            self.position += 1
            return symbol
        }
        let advice =
            switch byte {
            case UInt8(ascii: ";"): "Leave the semicolon out."
            case UInt8(ascii: "!"): "Write NOT."
            case UInt8(ascii: "{"): "Write the object's properties in conditions of their own: tags.a.b = 1."
            default: "Put [[ and ]] around a name with special characters, quotes around a text."
            }
        throw self.fault(
            at: start,
            found: byte > 0x20 && byte < 0x7F
                ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(String(byte, radix: 16))",
            expected: "a name, a constant or an operator",
            advice: advice
        )
    }

    /// Operators of other languages, and what to write instead.
    private static let foreignPairs = [
        "==": "Write = for equality.", "&&": "Write AND.", "||": "Write OR, or CONCAT(a, b) for texts.",
        "--": "Queries have no comments; put a space between two minus signs.", "/*": "Queries have no comments.",
        "=>": "Write >=.", "=<": "Write <=.", "!<": "Write >=.", "!>": "Write <=.",
    ]
}
