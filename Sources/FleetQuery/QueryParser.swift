/// Reads queries by recursive descent; one instance reads one text.
///
/// - Reads a word ahead and never back, so it is linear in the text.
/// - Never deeper than ``levelsMax`` calls of itself, and no tree it makes is higher, whatever the text.
struct QueryParser {
    /// Levels of an expression: parentheses, functions, signs, and operators in one chain of sums or products.
    static let levelsMax = 64
    /// Words that begin no path unless they stand in `[[ ]]`; the last two are prefixes.
    static let reserved: Set<String> = [
        "SELECT", "FROM", "WHERE", "GROUP", "AND", "OR", "NOT", "IN", "NIN", "AS", "TRUE", "FALSE", "NULL", "UNDEFINED",
        "DEVICES", "C",
    ]

    private(set) var lexer: QueryLexer
    /// The word that comes next.
    private(set) var token: QueryToken
    var operands: any QueryOperands

    init(_ text: String, operands: any QueryOperands) throws(QuerySyntaxError) {
        self.lexer = QueryLexer(text, hyphenatedNames: operands.hyphenatedNames)
        self.operands = operands
        self.token = QueryToken(kind: .end, range: 0..<0)
        let count = self.lexer.text.count
        guard count <= QueryStatement.lengthMax else {
            throw self.lexer.fault(
                at: QueryStatement.lengthMax,
                found: "a text of \(count) bytes",
                expected: "at most \(QueryStatement.lengthMax) bytes",
                advice: "Ask for less at once, or mark the devices with a tag and ask for the tag."
            )
        }
        self.token = try self.lexer.next()
    }

    // MARK: Words

    /// Takes the word.
    mutating func advance() throws(QuerySyntaxError) {
        self.token = try self.lexer.next()
    }

    /// The word after the next one.
    func following() throws(QuerySyntaxError) -> QueryToken {
        var lexer = self.lexer
        return try lexer.next()
    }

    /// Takes the keyword if it comes next.
    mutating func take(_ keyword: String) throws(QuerySyntaxError) -> Bool {
        guard self.token.isWord(keyword) else { return false }
        try self.advance()
        return true
    }

    /// Takes the symbol if it comes next.
    mutating func take(_ symbol: QueryToken.Symbol) throws(QuerySyntaxError) -> Bool {
        guard self.token.isSymbol(symbol) else { return false }
        try self.advance()
        return true
    }

    /// Whether `[[` comes next.
    var isAtBracketedName: Bool {
        self.token.isSymbol(.openBracket) && self.lexer.isNext(UInt8(ascii: "["))
    }

    /// Takes the name in `[[ ]]` that comes next.
    mutating func takeBracketedName() throws(QuerySyntaxError) -> String {
        let name = try self.lexer.bracketedName()
        try self.advance()
        return name
    }

    // MARK: Faults

    /// The next word is not what was expected.
    func unexpected(_ expected: String, _ advice: String) -> QuerySyntaxError {
        self.fault(at: self.token, expected, advice)
    }

    /// This word is not what was expected.
    func fault(at token: QueryToken, _ expected: String, _ advice: String) -> QuerySyntaxError {
        self.lexer.fault(
            at: token.range.lowerBound,
            found: self.text(of: token.range),
            expected: expected,
            advice: advice
        )
    }

    /// What stands at these bytes, shortened, in quotes.
    func text(of range: Range<Int>) -> String {
        guard !range.isEmpty else { return self.lexer.text.isEmpty ? "nothing" : "the end of the text" }
        let text = String(decoding: self.lexer.text[range], as: UTF8.self)
        return text.count > 40 ? "'\(text.prefix(40))…'" : "'\(text)'"
    }
}
