internal import TelemetryModel

/// Reads a query file by recursive descent: one word of look-ahead, no going back.
///
/// Bounded: the text by ``textBytesMax``, what stands in one another by ``levelsMax``, the number of things by ``partsMax``; so any
/// text is read or refused in time linear in its length, on a small stack.
package struct SQLParser {
    /// Longest text of a query in UTF-8 bytes.
    package static let textBytesMax = 65_536
    /// Most parentheses, calls and operators in one another.
    package static let levelsMax = 100
    /// Most items of one list: columns, arguments, keys, joins, steps.
    package static let partsMax = 1_000

    var lexer: SQLLexer
    var token: SQLToken
    /// The word behind ``token``, when it was looked at.
    private var following: SQLToken?
    /// The alias without `AS` that was read last: perhaps a keyword with a typing error.
    var lastAlias: SQLToken?
    /// Queries between parentheses around what is being read.
    var queryDepth = 0

    private init(_ text: String) throws(StreamSQLError) {
        self.lexer = SQLLexer(text)
        self.token = SQLToken(kind: .end, range: 0..<0)
        guard self.lexer.text.count <= SQLParser.textBytesMax else {
            throw self.lexer.fault(
                at: 0,
                found: "\(self.lexer.text.count) bytes",
                expected: "a query of at most \(SQLParser.textBytesMax) bytes",
                advice: "Split the query into several, with topics between them."
            )
        }
        self.token = try self.lexer.next()
    }

    /// Reads a query file.
    ///
    /// - Throws: The first fault with its place.
    package static func script(_ text: String) throws(StreamSQLError) -> SQLScript {
        var parser = try SQLParser(text)
        return try parser.script()
    }

    /// Reads one expression, and nothing else.
    ///
    /// - Throws: The first fault with its place.
    package static func expression(_ text: String) throws(StreamSQLError) -> SQLExpression {
        var parser = try SQLParser(text)
        let expression = try parser.expression()
        guard parser.token.kind == .end else {
            throw parser.unexpected("an operator or the end", "Leave out what stands behind the expression.")
        }
        return expression
    }

    // MARK: Words

    mutating func advance() throws(StreamSQLError) {
        if let following = self.following {
            self.token = following
            self.following = nil
        } else {
            self.token = try self.lexer.next()
        }
    }

    /// The word behind the present one.
    mutating func peek() throws(StreamSQLError) -> SQLToken {
        if let following = self.following { return following }
        let following = try self.lexer.next()
        self.following = following
        return following
    }

    /// Takes the keyword when it stands here.
    mutating func take(_ keyword: String) throws(StreamSQLError) -> Bool {
        guard self.token.isWord(keyword) else { return false }
        try self.advance()
        return true
    }

    /// Takes the symbol when it stands here.
    mutating func take(_ symbol: SQLToken.Symbol) throws(StreamSQLError) -> Bool {
        guard self.token.isSymbol(symbol) else { return false }
        try self.advance()
        return true
    }

    mutating func expect(_ keyword: String, _ advice: String) throws(StreamSQLError) {
        guard try self.take(keyword) else { throw self.unexpected(keyword, advice, among: [keyword]) }
    }

    mutating func expect(
        _ symbol: SQLToken.Symbol,
        or others: String = "",
        _ advice: String
    ) throws(StreamSQLError) {
        guard try self.take(symbol) else { throw self.unexpected(others + symbol.rawValue, advice) }
    }

    /// Reads things with commas between them.
    mutating func list<Element>(
        _ read: (inout SQLParser) throws(StreamSQLError) -> Element
    ) throws(StreamSQLError) -> [Element] {
        var elements: [Element] = []
        repeat {
            guard elements.count < SQLParser.partsMax else {
                throw self.unexpected("at most \(SQLParser.partsMax) things in a list", "Make the list shorter.")
            }
            elements.append(try read(&self))
        } while try self.take(.comma)
        return elements
    }

    // MARK: Faults

    /// What stands behind a query was not expected; it may be that a keyword before it was taken for an alias.
    func unexpectedClause(_ expected: String, _ advice: String) -> StreamSQLError {
        if let alias = self.lastAlias, self.lexer.isSpace(alias.range.upperBound..<self.token.range.lowerBound),
            case .name(let name) = alias.kind, name.utf8.count > 2,
            let nearest = NearestName.of(name, among: SQLParser.clauses)
        {
            return self.lexer.fault(
                at: alias.range.lowerBound,
                found: "'\(name)'",
                expected: expected,
                advice: "Write \(nearest)."
            )
        }
        return self.unexpected(expected, advice, among: SQLParser.clauses)
    }

    /// Keywords that begin a clause.
    private static let clauses = [
        "INTO", "FROM", "TIMESTAMP", "PARTITION", "OVER", "JOIN", "LEFT", "CROSS", "OUTER", "WHERE", "GROUP", "HAVING",
        "UNION", "SELECT",
    ]

    /// What stands here was not expected; `words` are keywords that may stand here, for typing errors.
    func unexpected(_ expected: String, _ advice: String, among words: [String] = []) -> StreamSQLError {
        var advice = advice
        if case .name(let name) = self.token.kind, name.utf8.count > 2,
            let nearest = NearestName.of(name, among: words)
        {
            advice = "Write \(nearest)."
        }
        return self.lexer.fault(
            at: self.token.range.lowerBound,
            found: self.foundText,
            expected: expected,
            advice: advice
        )
    }

    /// The present word for messages.
    private var foundText: String {
        guard self.token.kind != .end else {
            return self.token.range.lowerBound == 0 ? "nothing" : "the end of the query"
        }
        let word = self.lexer.text[self.token.range]
        let text = String(decoding: word, as: UTF8.self)
        let start = String(text.unicodeScalars.prefix(40))
        return "'\(start)\(start.utf8.count < text.utf8.count ? "…" : "")'"
    }
}
