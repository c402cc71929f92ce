extension SQLParser {
    /// A call; the last part of its name stands here and a parenthesis behind it.
    mutating func call(_ name: String, at position: Int, depth: Int) throws(StreamSQLError) -> SQLExpression {
        try self.checkDepth(depth)
        try self.advance()
        try self.advance()
        var call = SQLCall(name: name, arguments: [], hasStar: false, isDistinct: false)
        if try self.take(.star) {
            call.hasStar = true
            if try self.take(.comma) { call.arguments = try self.arguments(depth: depth) }
        } else if !self.token.isSymbol(.close) {
            call.isDistinct = try self.take("DISTINCT")
            call.arguments = try self.arguments(depth: depth)
        }
        try self.close()
        var parts = call.arguments
        if self.token.isWord("OVER"), try self.peek().isSymbol(.open) {
            let over = try self.over(depth: depth)
            parts += over.partitionBy + over.orderBy.map(\.key) + [over.when].compactMap(\.self)
            if let limit = over.limit { parts += [limit.unit, limit.length] }
            call.over = over
        }
        return try self.make(.call(call), at: position, over: parts)
    }

    private mutating func arguments(depth: Int) throws(StreamSQLError) -> [SQLExpression] {
        try self.list { (parser) throws(StreamSQLError) in try parser.alternative(depth: depth + 1) }
    }

    private mutating func over(depth: Int) throws(StreamSQLError) -> SQLOver {
        var over = SQLOver(position: self.token.range.lowerBound)
        try self.advance()
        try self.advance()
        if try self.take("PARTITION") {
            try self.expect("BY", "Write PARTITION BY and a column.")
            over.partitionBy = try self.arguments(depth: depth)
        }
        if try self.take("ORDER") {
            try self.expect("BY", "Write ORDER BY and a column.")
            over.orderBy = try self.list { (parser) throws(StreamSQLError) in
                let key = try parser.alternative(depth: depth + 1)
                let isDescending = try parser.take("DESC")
                if !isDescending { _ = try parser.take("ASC") }
                return SQLOrder(key: key, isDescending: isDescending)
            }
        }
        if try self.take("LIMIT") {
            try self.expect("DURATION", "Write LIMIT DURATION(minute, 5).")
            try self.expect(.open, "Write LIMIT DURATION(minute, 5).")
            let unit = try self.alternative(depth: depth + 1)
            try self.expect(.comma, "Write a unit and a length: DURATION(minute, 5).")
            over.limit = SQLDuration(unit: unit, length: try self.alternative(depth: depth + 1))
            try self.close()
        }
        if try self.take("WHEN") { over.when = try self.alternative(depth: depth + 1) }
        guard try self.take(.close) else {
            throw self.unexpected(
                "PARTITION BY, ORDER BY, LIMIT DURATION, WHEN or )",
                "Write the clauses of OVER in this order and close them with ).",
                among: ["PARTITION", "ORDER", "LIMIT", "WHEN"]
            )
        }
        return over
    }
}
