extension SQLParser {
    /// Reads an expression up to what can no longer belong to it. With `allowsStar` a name, a point and a star end the
    /// expression before the star: `alias.*`.
    mutating func expression(allowsStar: Bool = false) throws(StreamSQLError) -> SQLExpression {
        try self.alternatives(depth: 1, allowsStar: allowsStar)
    }

    private mutating func alternatives(depth: Int, allowsStar: Bool = false) throws(StreamSQLError) -> SQLExpression {
        let first = try self.conjunction(depth: depth, allowsStar: allowsStar)
        guard self.token.isWord("OR") else { return first }
        var parts = [first]
        while try self.take("OR") { parts.append(try self.conjunction(depth: depth)) }
        return try self.make(.any(parts), at: first.position, over: parts)
    }

    private mutating func conjunction(depth: Int, allowsStar: Bool = false) throws(StreamSQLError) -> SQLExpression {
        let first = try self.negation(depth: depth, allowsStar: allowsStar)
        guard self.token.isWord("AND") else { return first }
        var parts = [first]
        while try self.take("AND") { parts.append(try self.negation(depth: depth)) }
        return try self.make(.all(parts), at: first.position, over: parts)
    }

    private mutating func negation(depth: Int, allowsStar: Bool = false) throws(StreamSQLError) -> SQLExpression {
        let position = self.token.range.lowerBound
        guard self.token.isWord("NOT") else { return try self.predicate(depth: depth, allowsStar: allowsStar) }
        try self.checkDepth(depth)
        try self.advance()
        let part = try self.negation(depth: depth + 1)
        return try self.make(.not(part), at: position, over: [part])
    }

    private mutating func predicate(depth: Int, allowsStar: Bool) throws(StreamSQLError) -> SQLExpression {
        let left = try self.arithmetic(precedence: 2, depth: depth, allowsStar: allowsStar)
        if try self.take("IS") {
            let isNegated = try self.take("NOT")
            try self.expect("NULL", "Write IS NULL or IS NOT NULL.")
            return try self.make(.isNull(left, isNegated: isNegated), at: left.position, over: [left])
        }
        var isNegated = false
        if self.token.isWord("NOT") {
            try self.advance()
            isNegated = true
            guard self.token.isWord("IN") || self.token.isWord("BETWEEN") || self.token.isWord("LIKE") else {
                throw self.unexpected("IN, BETWEEN or LIKE", "Write NOT before the whole comparison.")
            }
        }
        if self.token.isWord("IN") {
            try self.checkDepth(depth)
            try self.advance()
            try self.expect(.open, "Write the values in parentheses: IN (1, 2).")
            let list = try self.list { (parser) throws(StreamSQLError) in try parser.alternatives(depth: depth + 1) }
            try self.close()
            return try self.make(.isIn(left, list, isNegated: isNegated), at: left.position, over: [left] + list)
        }
        if try self.take("BETWEEN") {
            let low = try self.arithmetic(precedence: 2, depth: depth)
            try self.expect("AND", "Write BETWEEN low AND high.")
            let high = try self.arithmetic(precedence: 2, depth: depth)
            return try self.make(
                .between(left, low: low, high: high, isNegated: isNegated),
                at: left.position,
                over: [left, low, high]
            )
        }
        if try self.take("LIKE") {
            let pattern = try self.arithmetic(precedence: 2, depth: depth)
            let escape = try self.take("ESCAPE") ? try self.arithmetic(precedence: 2, depth: depth) : nil
            return try self.make(
                .like(left, pattern: pattern, escape: escape, isNegated: isNegated),
                at: left.position,
                over: [left, pattern] + (escape.map { [$0] } ?? [])
            )
        }
        guard let operation = self.operation(precedence: 1) else { return left }
        try self.advance()
        let right = try self.arithmetic(precedence: 2, depth: depth)
        if self.operation(precedence: 1) != nil {
            throw self.unexpected("AND, OR or the end", "Compare two values at a time: a < b AND b < c.")
        }
        return try self.make(.binary(operation, left, right), at: left.position, over: [left, right])
    }

    /// Reads a sum (2) or a product (3).
    private mutating func arithmetic(
        precedence: Int,
        depth: Int,
        allowsStar: Bool = false
    ) throws(StreamSQLError) -> SQLExpression {
        guard precedence <= 3 else { return try self.signed(depth: depth, allowsStar: allowsStar) }
        var left = try self.arithmetic(precedence: precedence + 1, depth: depth, allowsStar: allowsStar)
        while let operation = self.operation(precedence: precedence) {
            // `alias.*` was read up to its star.
            if allowsStar, operation == .times, self.endsBeforeStar { return left }
            try self.advance()
            let right = try self.arithmetic(precedence: precedence + 1, depth: depth)
            left = try self.make(.binary(operation, left, right), at: left.position, over: [left, right])
        }
        return left
    }

    private mutating func signed(depth: Int, allowsStar: Bool) throws(StreamSQLError) -> SQLExpression {
        let position = self.token.range.lowerBound
        if self.token.isSymbol(.plus) {
            try self.checkDepth(depth)
            try self.advance()
            return try self.signed(depth: depth + 1, allowsStar: false)
        }
        guard self.token.isSymbol(.minus) else { return try self.postfix(depth: depth, allowsStar: allowsStar) }
        try self.checkDepth(depth)
        try self.advance()
        if let least = try self.leastInteger() { return SQLExpression(.literal(least), at: position) }
        let part = try self.signed(depth: depth + 1, allowsStar: false)
        if case .literal(let literal) = part.kind {
            switch literal.value {
            case .bigint(let value) where value > .min:
                return SQLExpression(.literal(SQLLiteral(value: .bigint(-value))), at: position)
            case .float(let value): return SQLExpression(.literal(SQLLiteral(value: .float(-value))), at: position)
            case .null, .bit, .bigint, .nvarchar, .datetime, .record, .array: break
            }
        }
        return try self.make(.negated(part), at: position, over: [part])
    }

    /// −2⁶³, whose digits alone are no `bigint`.
    private mutating func leastInteger() throws(StreamSQLError) -> SQLLiteral? {
        guard case .number(.float) = self.token.kind,
            String(decoding: self.lexer.text[self.token.range], as: UTF8.self) == "9223372036854775808"
        else { return nil }
        try self.advance()
        return SQLLiteral(value: .bigint(.min))
    }

    /// A primary and the path behind it.
    private mutating func postfix(depth: Int, allowsStar: Bool) throws(StreamSQLError) -> SQLExpression {
        let primary = try self.primary(depth: depth)
        let steps = try self.path(allowsStar: allowsStar)
        guard !steps.isEmpty else { return primary }
        if case .column(let first) = primary.kind {
            return SQLExpression(.column(first + steps), at: primary.position)
        }
        return try self.make(.member(primary, steps), at: primary.position, over: [primary])
    }

    // MARK: Parts

    mutating func checkDepth(_ depth: Int) throws(StreamSQLError) {
        guard depth < SQLParser.levelsMax else { throw self.levelsFault() }
    }

    func make(
        _ kind: SQLExpression.Kind,
        at position: Int,
        over parts: [SQLExpression]
    ) throws(StreamSQLError) -> SQLExpression {
        let levels = parts.reduce(0) { max($0, $1.levels) } + 1
        guard levels <= SQLParser.levelsMax, parts.count <= SQLParser.partsMax else { throw self.levelsFault() }
        return SQLExpression(kind, at: position, levels: levels)
    }

    private func levelsFault() -> StreamSQLError {
        self.unexpected(
            "at most \(SQLParser.levelsMax) levels",
            "Write the expression flatter: fewer parentheses, fewer operators in one sum."
        )
    }

    mutating func close() throws(StreamSQLError) {
        guard try self.take(.close) else {
            throw self.unexpected("an operator, a comma or )", "Close the parenthesis with ).")
        }
    }

    mutating func alternative(depth: Int) throws(StreamSQLError) -> SQLExpression {
        try self.alternatives(depth: depth)
    }

    private func operation(precedence: Int) -> SQLOperator? {
        guard case .symbol(let symbol) = self.token.kind, let operation = SQLOperator(rawValue: symbol.rawValue),
            operation.precedence == precedence
        else { return nil }
        return operation
    }
}
