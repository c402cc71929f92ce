extension SQLParser {
    /// Words that are never an alias without `AS`, nor a column without brackets.
    private static let reserved: Set<String> = [
        "SELECT", "INTO", "FROM", "WHERE", "GROUP", "HAVING", "UNION", "JOIN", "LEFT", "RIGHT", "FULL", "INNER",
        "CROSS",
        "OUTER", "ON", "OVER", "ORDER", "LIMIT", "WITH", "AS", "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "IS",
        "NULL", "CASE", "WHEN", "THEN", "ELSE", "END", "BY", "DISTINCT",
    ]

    /// Whether a word is a keyword wherever it stands.
    static func isReserved(_ name: String) -> Bool {
        SQLParser.reserved.contains(StreamText.capitals(name))
    }

    /// A name that is no keyword.
    mutating func name(_ expected: String, _ advice: String) throws(StreamSQLError) -> SQLName {
        switch self.token.kind {
        case .name(let text) where !SQLParser.isReserved(text), .bracketedName(let text):
            let name = SQLName(text: text, position: self.token.range.lowerBound)
            try self.advance()
            return name
        case .name(let text):
            throw self.unexpected(expected, "Put [ and ] around a name that is a keyword: [\(text)].")
        case .number, .string, .symbol, .end: throw self.unexpected(expected, advice)
        }
    }

    mutating func plainName(_ expected: String, _ advice: String) throws(StreamSQLError) -> String {
        try self.name(expected, advice).text
    }

    /// An alias without `AS`, when one stands here.
    mutating func bareAlias() throws(StreamSQLError) -> SQLName? {
        switch self.token.kind {
        case .name(let text) where SQLParser.isReserved(text): return nil
        case .name(let text):
            // TIMESTAMP BY and PARTITION BY are clauses; alone the words are names.
            if ["TIMESTAMP", "PARTITION"].contains(StreamText.capitals(text)), try self.peek().isWord("BY") {
                return nil
            }
            self.lastAlias = self.token
            return try self.name("an alias", "Write AS name.")
        case .bracketedName: return try self.name("an alias", "Write AS name.")
        case .number, .string, .symbol, .end: return nil
        }
    }

    /// The name of a topic, in which hyphens and points need no brackets when nothing stands around them: `twin-changes`.
    mutating func sourceName(_ what: String) throws(StreamSQLError) -> SQLName {
        var end = self.token.range.upperBound
        var name = try self.name(what, "Write its name; put [ and ] around unusual ones.")
        while self.token.range.lowerBound == end, self.token.isSymbol(.minus) || self.token.isSymbol(.dot) {
            let next = try self.peek()
            guard next.range.lowerBound == self.token.range.upperBound else { break }
            let link = self.token.isSymbol(.minus) ? "-" : "."
            switch next.kind {
            case .name(let part): name.text += link + part
            case .number(.bigint(let part)) where next.range.count == String(part).utf8.count:
                name.text += link + String(part)
            case .number, .bracketedName, .string, .symbol, .end: return name
            }
            end = next.range.upperBound
            try self.advance()
            try self.advance()
        }
        return name
    }

    /// What stands behind `FROM` or `JOIN`.
    mutating func input(isJoined: Bool) throws(StreamSQLError) -> SQLInput {
        let position = self.token.range.lowerBound
        let source: SQLInput.Source
        if try self.take(.open) {
            source = .query(try self.innerQuery())
        } else {
            source = .named(try self.sourceName("a topic, a step of WITH or a query in parentheses"))
        }
        var input = SQLInput(source: source, over: [], partitionBy: [], position: position)
        // ASA writes the alias before or behind the clauses.
        input.alias = try self.alias()
        try self.inputClauses(&input)
        if input.alias == nil {
            input.alias = try self.alias()
            try self.inputClauses(&input)
        }
        return input
    }

    private mutating func alias() throws(StreamSQLError) -> SQLName? {
        if try self.take("AS") { return try self.name("an alias", "Write AS name.") }
        return try self.bareAlias()
    }

    private mutating func inputClauses(_ input: inout SQLInput) throws(StreamSQLError) {
        while true {
            if input.timestampBy == nil, try self.take("TIMESTAMP") {
                try self.expect("BY", "Write TIMESTAMP BY and the event's time.")
                input.timestampBy = try self.expression()
                if try self.take("OVER") {
                    input.over = try self.list { (parser) throws(StreamSQLError) in try parser.expression() }
                }
            } else if input.partitionBy.isEmpty, try self.take("PARTITION") {
                try self.expect("BY", "Write PARTITION BY and a column.")
                input.partitionBy = try self.list { (parser) throws(StreamSQLError) in try parser.expression() }
            } else {
                return
            }
        }
    }

    /// A join, when one stands here.
    mutating func join() throws(StreamSQLError) -> SQLJoin? {
        let position = self.token.range.lowerBound
        let isOuter: Bool
        if self.token.isWord("RIGHT") || self.token.isWord("FULL") {
            throw self.unexpected("JOIN or LEFT OUTER JOIN", "Exchange the inputs and write LEFT OUTER JOIN.")
        }
        if self.token.isWord("CROSS") || self.token.isWord("OUTER") {
            isOuter = self.token.isWord("OUTER")
            try self.advance()
            try self.expect("APPLY", "Write CROSS APPLY GetArrayElements(array) AS element.")
            let elements = try self.expression()
            var input = SQLInput(source: .elements(elements), over: [], partitionBy: [], position: position)
            input.alias = try self.alias()
            return SQLJoin(input: input, isOuter: isOuter, condition: nil)
        }
        if try self.take("LEFT") {
            isOuter = true
            _ = try self.take("OUTER")
        } else {
            isOuter = false
            if try !self.take("INNER"), !self.token.isWord("JOIN") { return nil }
        }
        try self.expect("JOIN", "Write JOIN.")
        let input = try self.input(isJoined: true)
        try self.expect("ON", "Write ON and the condition of the join.")
        return SQLJoin(input: input, isOuter: isOuter, condition: try self.expression())
    }
}
