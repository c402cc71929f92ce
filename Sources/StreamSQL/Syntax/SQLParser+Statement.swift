extension SQLParser {
    /// Reads functions, steps and queries up to the end.
    mutating func script() throws(StreamSQLError) -> SQLScript {
        var script = SQLScript(functions: [], steps: [], queries: [])
        while try self.take(.semicolon) {}
        while self.token.isWord("CREATE") {
            script.functions.append(try self.function())
            try self.checkParts(script.functions.count)
        }
        while self.token.kind != .end {
            if self.token.isWord("WITH") {
                guard script.queries.isEmpty, script.steps.isEmpty else {
                    throw self.unexpected("SELECT", "Put all steps into one WITH before the first SELECT.")
                }
                try self.advance()
                script.steps = try self.list { (parser) throws(StreamSQLError) in try parser.step() }
                while try self.take(.semicolon) {}
            }
            script.queries.append(try self.query())
            try self.checkParts(script.queries.count)
            while try self.take(.semicolon) {}
            guard self.token.kind == .end || self.token.isWord("SELECT") || self.token.isWord("WITH") else {
                throw self.unexpectedClause(
                    "JOIN, WHERE, GROUP BY, HAVING, UNION or the end",
                    "Leave out what stands behind the query."
                )
            }
        }
        guard !script.queries.isEmpty else {
            throw self.unexpected(
                "SELECT",
                "Begin with SELECT, for example: SELECT * INTO warm FROM telemetry WHERE temperature > 30."
            )
        }
        return script
    }

    private func checkParts(_ count: Int) throws(StreamSQLError) {
        guard count < SQLParser.partsMax else {
            throw self.unexpected("at most \(SQLParser.partsMax) of them", "Split the file.")
        }
    }

    // MARK: Functions and steps

    private mutating func function() throws(StreamSQLError) -> SQLFunction {
        try self.advance()
        try self.expect("FUNCTION", "Write CREATE FUNCTION name(a, b) AS expression;")
        let position = self.token.range.lowerBound
        var name = try self.plainName("the function's name", "Write CREATE FUNCTION name(a, b) AS expression;")
        if StreamText.capitals(name) == "UDF", try self.take(.dot) {
            name = try self.plainName("the function's name", "Write CREATE FUNCTION name(a, b) AS expression;")
        }
        try self.expect(.open, "Write the parameters in parentheses: (a, b), or () for none.")
        var parameters: [String] = []
        if !self.token.isSymbol(.close) {
            parameters = try self.list { (parser) throws(StreamSQLError) in
                try parser.plainName("a parameter's name", "Write parameters as names: (a, b).")
            }
        }
        try self.expect(.close, or: ", or ", "Close the parameters with ).")
        try self.expect("AS", "Write AS and the expression behind the parameters.")
        let body = try self.expression()
        guard try self.take(.semicolon) else {
            throw self.unexpected("an operator or ;", "End the function with a semicolon.")
        }
        while try self.take(.semicolon) {}
        return SQLFunction(name: name, parameters: parameters, body: body, position: position)
    }

    private mutating func step() throws(StreamSQLError) -> SQLStep {
        let position = self.token.range.lowerBound
        let advice = "Write WITH name AS (SELECT …)."
        let name = try self.plainName("the step's name", advice)
        try self.expect("AS", advice)
        try self.expect(.open, advice)
        let query = try self.innerQuery()
        return SQLStep(name: name, query: query, position: position)
    }

    /// A query between parentheses, of which the first is taken.
    mutating func innerQuery() throws(StreamSQLError) -> SQLQuery {
        guard self.queryDepth < 8 else {
            throw self.unexpected("at most 8 queries in one another", "Give the inner queries names with WITH.")
        }
        self.queryDepth += 1
        let query = try self.query()
        self.queryDepth -= 1
        guard try self.take(.close) else {
            throw self.unexpectedClause("JOIN, WHERE, GROUP BY, HAVING, UNION or )", "Close the query with ).")
        }
        return query
    }

    // MARK: Queries

    private mutating func query() throws(StreamSQLError) -> SQLQuery {
        var query = SQLQuery(selects: [], removesDuplicates: false)
        repeat {
            query.selects.append(try self.select())
            try self.checkParts(query.selects.count)
            guard try self.take("UNION") else { break }
            if try !self.take("ALL") { query.removesDuplicates = true }
        } while true
        return query
    }

    private mutating func select() throws(StreamSQLError) -> SQLSelect {
        let position = self.token.range.lowerBound
        guard try self.take("SELECT") else {
            throw self.unexpected(
                "SELECT",
                "Begin with SELECT, for example: SELECT * INTO warm FROM telemetry WHERE temperature > 30.",
                among: ["SELECT", "WITH", "CREATE"]
            )
        }
        if self.token.isWord("DISTINCT") || self.token.isWord("TOP") {
            throw self.unexpected(
                "a column, an expression or *",
                self.token.isWord("TOP")
                    ? "Write TOPONE() or COLLECTTOP() with a window." : "Group by the columns and a window instead."
            )
        }
        let items = try self.list { (parser) throws(StreamSQLError) in try parser.item() }
        let into = try self.take("INTO") ? try self.sourceName("the topic the results go to") : nil
        guard try self.take("FROM") else {
            throw self.unexpected(
                into == nil ? ", INTO or FROM" : "FROM",
                "Write FROM and the topic that is read.",
                among: into == nil ? ["INTO", "FROM", "AS"] : ["FROM"]
            )
        }
        let from = try self.input(isJoined: false)
        var joins: [SQLJoin] = []
        while let join = try self.join() {
            joins.append(join)
            try self.checkParts(joins.count)
        }
        let filter = try self.take("WHERE") ? try self.expression() : nil
        var groupBy: [SQLExpression] = []
        if try self.take("GROUP") {
            try self.expect("BY", "Write GROUP BY.")
            groupBy = try self.list { (parser) throws(StreamSQLError) in try parser.expression() }
        }
        let having = try self.take("HAVING") ? try self.expression() : nil
        if self.token.isWord("ORDER") || self.token.isWord("LIMIT") {
            throw self.unexpected("UNION or the end", "Results come in the order of their time; leave the clause out.")
        }
        return SQLSelect(
            items: items,
            into: into,
            from: from,
            joins: joins,
            filter: filter,
            groupBy: groupBy,
            having: having,
            position: position
        )
    }

    private mutating func item() throws(StreamSQLError) -> SQLItem {
        let start = self.token.range.lowerBound
        if try self.take(.star) { return .star(of: nil, position: start) }
        // `name = expression` names a column, so a comparison must stand in parentheses or behind CASE.
        if let name = try self.leadingAlias() {
            return .expression(try self.expression(), alias: name)
        }
        let expression = try self.expression(allowsStar: true)
        if try self.take(.star) {
            guard case .column(let steps) = expression.kind, steps.count == 1, case .name(let name) = steps[0] else {
                throw self.lexer.fault(
                    at: start,
                    found: "* behind more than a name",
                    expected: "alias.*",
                    advice: "Write the alias of an input before .*, or the columns."
                )
            }
            return .star(of: SQLName(text: name, position: start), position: start)
        }
        if try self.take("AS") {
            return .expression(expression, alias: try self.name("the column's new name", "Write AS name."))
        }
        return .expression(expression, alias: try self.bareAlias())
    }

    /// `name =` at the beginning of an item, taken.
    private mutating func leadingAlias() throws(StreamSQLError) -> SQLName? {
        switch self.token.kind {
        case .name(let text) where !SQLParser.isReserved(text), .bracketedName(let text):
            guard try self.peek().isSymbol(.equal) else { return nil }
            let name = SQLName(text: text, position: self.token.range.lowerBound)
            try self.advance()
            try self.advance()
            return name
        case .name, .number, .string, .symbol, .end: return nil
        }
    }
}
