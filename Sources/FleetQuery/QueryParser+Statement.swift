internal import TelemetryJSON
internal import TelemetryModel

extension QueryParser {
    /// Reads a whole query.
    mutating func statement() throws(QuerySyntaxError) -> QueryStatement {
        guard try self.take("SELECT") else {
            throw self.unexpected("SELECT", "Begin with SELECT, for example: SELECT * FROM devices.")
        }
        var statement = QueryStatement()
        statement.top = try self.top()
        let list = self.token
        // What the names mean depends on the collection, which comes later: the list is read again behind it.
        let listStart = self
        _ = try self.items()
        statement.collection = try self.from()
        var listAgain = listStart
        listAgain.operands = self.operands
        statement.items = try listAgain.items()
        if try self.take("WHERE") { statement.condition = try self.condition() }
        if self.token.isWord("GROUP") { statement.groupBy = try self.groupBy(of: statement, list: list) }
        let isGrouped = !statement.groupBy.isEmpty
        try self.expectEnd(
            isGrouped
                ? "a comma or the end" : (statement.condition == nil ? "WHERE, " : "AND, OR, ") + "GROUP BY or the end"
        )
        try self.check(statement, list: list)
        return statement
    }

    /// Reads a job's or a configuration's condition.
    mutating func target() throws(QuerySyntaxError) -> QueryTarget {
        var target = QueryTarget()
        if self.token.kind == .end { return target }
        if try self.take(.star) {
            try self.expectEnd("the end behind *")
            return target
        }
        if self.token.isWord("SELECT") {
            throw self.unexpected("a condition", "Write only what stands behind WHERE in a query.")
        }
        if self.token.isWord("FROM") {
            let start = self.token
            target.collection = try self.from()
            guard target.collection != .jobs else {
                throw self.fault(at: start, "FROM devices or FROM devices.modules", "Jobs cannot be a target.")
            }
            if self.token.kind == .end { return target }
            guard try self.take("WHERE") else { throw self.unexpected("WHERE", "Write WHERE before the condition.") }
        } else if self.token.isWord("WHERE") {
            throw self.unexpected("a condition", "Leave WHERE out: the condition stands alone.")
        }
        target.condition = try self.condition()
        try self.expectEnd("AND, OR or the end")
        return target
    }

    /// Reads a condition that is the whole text.
    mutating func wholeCondition() throws(QuerySyntaxError) -> QueryExpression {
        let condition = try self.condition()
        try self.expectEnd("AND, OR or the end")
        return condition
    }

    // MARK: Private

    private func expectEnd(_ expected: String) throws(QuerySyntaxError) {
        guard self.token.kind != .end else { return }
        var advice = "Take it out, or join it with AND or OR."
        if self.token.isWord("WHERE") {
            advice = "Write WHERE before GROUP BY."
        } else if case .name(let name) = self.token.kind,
            let nearest = NearestName.of(name, among: ["WHERE", "GROUP", "AND", "OR"])
        {
            advice = "Write \(nearest == "GROUP" ? "GROUP BY" : nearest)."
        }
        throw self.unexpected(expected, advice)
    }

    private mutating func top() throws(QuerySyntaxError) -> Int? {
        guard self.token.isWord("TOP"), case .number(let number) = try self.following().kind else { return nil }
        try self.advance()
        guard case .integer(let value) = number, (1...Int64(Int32.max)).contains(value) else {
            throw self.unexpected(
                "a whole number from 1 to \(Int32.max)",
                "Say how many rows there may be at most: TOP 10."
            )
        }
        try self.advance()
        return Int(value)
    }

    /// Reads the list between `SELECT` and `FROM`; empty for `*`.
    private mutating func items() throws(QuerySyntaxError) -> [QueryItem] {
        if try self.take(.star) { return [] }
        var items: [QueryItem] = []
        repeat {
            var item = QueryItem(try self.source())
            if try self.take("AS") { item.alias = try self.alias() }
            items.append(item)
        } while try self.take(.comma)
        return items
    }

    private mutating func alias() throws(QuerySyntaxError) -> String {
        if self.isAtBracketedName { return try self.takeBracketedName() }
        guard case .name(let name) = self.token.kind else {
            throw self.unexpected("a name behind AS", "Write the column's name: COUNT() AS n.")
        }
        try self.advance()
        return name
    }

    private mutating func source() throws(QuerySyntaxError) -> QueryItem.Source {
        guard case .name(let name) = self.token.kind, try self.following().isSymbol(.open) else {
            return .path(try self.path(wanted: "*, a path, COUNT(), AVG, SUM, MIN or MAX"))
        }
        guard let aggregate = QueryAggregate(rawValue: QueryLexer.capitals(name)) else {
            let nearest = NearestName.of(name, among: QueryAggregate.allCases.map(\.rawValue))
            let isFunction = QueryFunction(named: name) != nil
            let advice =
                isFunction ? "\(QueryLexer.capitals(name)) belongs behind WHERE." : "Write \(nearest ?? "COUNT")."
            throw self.unexpected("COUNT, AVG, SUM, MIN or MAX", advice)
        }
        try self.advance()
        try self.advance()
        let source: QueryItem.Source =
            aggregate == .count
            ? .count : .aggregate(aggregate, try self.path(wanted: "the path to aggregate"))
        guard try self.take(.close) else {
            let advice =
                aggregate == .count ? "Write COUNT() with nothing between." : "Close \(aggregate.rawValue) with )."
            throw self.unexpected(")", advice)
        }
        return source
    }

    /// Reads `FROM` and the collection; from then on names mean what they mean there.
    private mutating func from() throws(QuerySyntaxError) -> QueryCollection {
        guard try self.take("FROM") else {
            throw self.unexpected("a comma or FROM", "Write FROM and the collection: FROM devices.")
        }
        let start = self.token
        var name = ""
        var end = start.range.lowerBound
        while case .name(let part) = self.token.kind {
            name += part
            end = self.token.range.upperBound
            try self.advance()
            guard self.token.isSymbol(.dot) else { break }
            name += "."
            end = self.token.range.upperBound
            try self.advance()
        }
        let names = QueryCollection.allCases.map(\.rawValue)
        guard let found = names.first(where: { QueryLexer.capitals($0) == QueryLexer.capitals(name) }),
            let collection = QueryCollection(rawValue: found)
        else {
            let nearest = NearestName.of(name, among: names)
            throw self.lexer.fault(
                at: start.range.lowerBound,
                found: self.text(of: name.isEmpty ? start.range : start.range.lowerBound..<end),
                expected: "a collection: devices, devices.modules or devices.jobs",
                advice: "Write \(nearest ?? "devices")."
            )
        }
        self.operands = FleetOperands(collection)
        return collection
    }

    private mutating func groupBy(of statement: QueryStatement, list: QueryToken) throws(QuerySyntaxError) -> [JSONPath]
    {
        try self.advance()
        guard try self.take("BY") else { throw self.unexpected("BY", "Write GROUP BY and a path.") }
        var paths: [JSONPath] = []
        repeat {
            guard paths.count < QueryStatement.groupPathsMax else {
                throw self.unexpected("at most \(QueryStatement.groupPathsMax) paths", "Group by fewer paths.")
            }
            paths.append(try self.path(wanted: "the path to group by"))
        } while try self.take(.comma)
        guard !statement.items.isEmpty else {
            throw self.fault(
                at: list,
                "paths or aggregates with GROUP BY",
                "Write what a group shows: SELECT \(paths[0].queryText), COUNT()."
            )
        }
        return paths
    }

    /// What no grammar says: columns of a group belong to the group, keys differ, jobs are read whole.
    private func check(_ statement: QueryStatement, list: QueryToken) throws(QuerySyntaxError) {
        if statement.collection == .jobs, !statement.items.isEmpty {
            throw self.fault(at: list, "* with devices.jobs", "Write SELECT * FROM devices.jobs.")
        }
        if statement.isAggregated {
            for case .path(let path) in statement.items.map(\.source) where !statement.groupBy.contains(path) {
                throw self.fault(
                    at: list,
                    "only aggregates and the paths of GROUP BY, not \(path.queryText)",
                    "Add GROUP BY \(path.queryText), or take \(path.queryText) out."
                )
            }
        }
        var keys: Set<JSONPath> = []
        for (index, item) in statement.items.enumerated() {
            let key = item.key(at: index + 1)
            guard keys.insert(JSONPath(names: key)).inserted else {
                throw self.fault(
                    at: list,
                    "columns with different names, not two called \(key)",
                    "Give one of them another name: \(QueryItem(item.source)) AS other."
                )
            }
        }
    }
}
