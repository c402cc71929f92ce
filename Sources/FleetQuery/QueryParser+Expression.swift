internal import TelemetryModel

extension QueryParser {
    /// An expression and how many levels it has.
    private struct Tree {
        var expression: QueryExpression
        var levels = 1
    }

    /// Reads a condition up to what can no longer belong to it.
    mutating func condition() throws(QuerySyntaxError) -> QueryExpression {
        try self.alternatives(depth: 1).expression
    }

    private mutating func alternatives(depth: Int) throws(QuerySyntaxError) -> Tree {
        let first = try self.conjunction(depth: depth)
        var parts = [first.expression]
        var levels = first.levels
        while try self.take("OR") {
            let part = try self.conjunction(depth: depth)
            parts.append(part.expression)
            levels = max(levels, part.levels)
        }
        return parts.count == 1 ? first : try self.tree(.any(parts), over: levels)
    }

    private mutating func conjunction(depth: Int) throws(QuerySyntaxError) -> Tree {
        let first = try self.negation(depth: depth)
        var parts = [first.expression]
        var levels = first.levels
        while try self.take("AND") {
            let part = try self.negation(depth: depth)
            parts.append(part.expression)
            levels = max(levels, part.levels)
        }
        return parts.count == 1 ? first : try self.tree(.all(parts), over: levels)
    }

    private mutating func negation(depth: Int) throws(QuerySyntaxError) -> Tree {
        guard self.token.isWord("NOT") else { return try self.comparison(depth: depth) }
        try self.checkDepth(depth)
        try self.advance()
        let part = try self.negation(depth: depth + 1)
        return try self.tree(.not(part.expression), over: part.levels)
    }

    private mutating func comparison(depth: Int) throws(QuerySyntaxError) -> Tree {
        let left = try self.arithmetic(precedence: 2, depth: depth)
        let isNegated = self.token.isWord("NIN")
        if isNegated || self.token.isWord("IN") {
            try self.advance()
            let list = try self.list(depth: depth)
            let expression: QueryExpression =
                isNegated ? .isNotIn(left.expression, list) : .isIn(left.expression, list)
            return try self.tree(expression, over: left.levels)
        }
        guard let operation = self.operation(precedence: 1) else {
            try self.refuseForeignWords()
            return left
        }
        try self.advance()
        let right = try self.arithmetic(precedence: 2, depth: depth)
        if self.operation(precedence: 1) != nil {
            throw self.unexpected("AND, OR or the end", "Compare two values at a time: a < b AND b < c.")
        }
        return try self.tree(
            .binary(operation, left.expression, right.expression),
            over: max(left.levels, right.levels)
        )
    }

    /// Reads a sum (2) or a product (3).
    private mutating func arithmetic(precedence: Int, depth: Int) throws(QuerySyntaxError) -> Tree {
        guard precedence <= 3 else { return try self.signed(depth: depth) }
        var left = try self.arithmetic(precedence: precedence + 1, depth: depth)
        while let operation = self.operation(precedence: precedence) {
            try self.advance()
            let right = try self.arithmetic(precedence: precedence + 1, depth: depth)
            left = try self.tree(
                .binary(operation, left.expression, right.expression),
                over: max(left.levels, right.levels)
            )
        }
        return left
    }

    private mutating func signed(depth: Int) throws(QuerySyntaxError) -> Tree {
        guard self.token.isSymbol(.minus) else { return try self.primary(depth: depth) }
        try self.checkDepth(depth)
        try self.advance()
        if let constant = try self.negativeNumber() { return Tree(expression: .constant(constant)) }
        let part = try self.signed(depth: depth + 1)
        return try self.tree(.negated(part.expression), over: part.levels)
    }

    private mutating func primary(depth: Int) throws(QuerySyntaxError) -> Tree {
        if self.token.isSymbol(.open) {
            try self.checkDepth(depth)
            try self.advance()
            let inner = try self.alternatives(depth: depth + 1)
            try self.close()
            return inner
        }
        if case .name(let name) = self.token.kind, try self.following().isSymbol(.open) {
            return try self.call(name, depth: depth)
        }
        if !self.isAtBracketedName, let constant = try self.constant(depth: depth) {
            return Tree(expression: .constant(constant))
        }
        let path = try self.path(wanted: "a path, a constant, a function or a parenthesis")
        return Tree(expression: .path(path))
    }

    private mutating func call(_ name: String, depth: Int) throws(QuerySyntaxError) -> Tree {
        guard let function = QueryFunction(named: name) else { throw self.unknownFunction(name) }
        try self.checkDepth(depth)
        let start = self.token
        try self.advance()
        try self.advance()
        var arguments: [QueryExpression] = []
        var levels = 1
        if !self.token.isSymbol(.close) {
            repeat {
                let argument = try self.alternatives(depth: depth + 1)
                arguments.append(argument.expression)
                levels = max(levels, argument.levels)
            } while try self.take(.comma)
        }
        let arity = function.arity
        guard arguments.count >= arity.min, arguments.count <= arity.max ?? arguments.count else {
            let upTo = arity.max.map { $0 == arity.min ? "" : " or \($0)" } ?? " or more"
            let count = "\(arity.min)\(upTo)"
            throw self.lexer.fault(
                at: start.range.lowerBound,
                found: "\(function.rawValue) with \(arguments.count) argument\(arguments.count == 1 ? "" : "s")",
                expected: count,
                advice: "Give \(function.rawValue) \(count) argument\(count == "1" ? "" : "s")."
            )
        }
        try self.close()
        return try self.tree(.call(function, arguments), over: levels)
    }

    // MARK: Private

    private func operation(precedence: Int) -> QueryOperator? {
        guard case .symbol(let symbol) = self.token.kind, let operation = QueryOperator(rawValue: symbol.rawValue),
            operation.precedence == precedence
        else { return nil }
        return operation
    }

    private mutating func close() throws(QuerySyntaxError) {
        guard try self.take(.close) else {
            throw self.unexpected("an operator, a comma or )", "Close the parenthesis with ).")
        }
    }

    private func tree(_ expression: QueryExpression, over levels: Int) throws(QuerySyntaxError) -> Tree {
        try self.checkDepth(levels)
        return Tree(expression: expression, levels: levels + 1)
    }

    private func checkDepth(_ depth: Int) throws(QuerySyntaxError) {
        guard depth < QueryParser.levelsMax else {
            throw self.unexpected(
                "at most \(QueryParser.levelsMax) levels",
                "Write the condition flatter: fewer parentheses, fewer operators in one sum."
            )
        }
    }

    private func unknownFunction(_ name: String) -> QuerySyntaxError {
        let capitals = QueryLexer.capitals(name)
        let names = QueryFunction.allCases.map(\.rawValue) + QueryFunction.aliases.keys.sorted()
        let advice =
            if QueryAggregate(rawValue: capitals) != nil {
                "\(capitals) belongs between SELECT and FROM."
            } else if ["IN", "NIN"].contains(capitals) {
                "Write the list in brackets behind a path: tags.site IN ['a', 'b']."
            } else if ["NOT", "AND", "OR"].contains(capitals) {
                "Write an operand before \(capitals)."
            } else if let nearest = NearestName.of(name, among: names) {
                "Write \(nearest)."
            } else {
                "The functions are \(names.joined(separator: ", "))."
            }
        return self.unexpected("the name of a function", advice)
    }

    /// Operators other languages write as words.
    private func refuseForeignWords() throws(QuerySyntaxError) {
        guard case .name(let name) = self.token.kind else { return }
        let advice: String? =
            switch QueryLexer.capitals(name) {
            case "NOT": "Write NIN for not in: tags.site NIN ['a']; NOT stands before a whole comparison."
            case "LIKE": "Write STARTS_WITH, ENDS_WITH or CONTAINS."
            case "IS": "Write IS_NULL(path) or IS_DEFINED(path)."
            case "BETWEEN": "Write path >= 1 AND path <= 2."
            case "ORDER": "Rows come in the order of their ids; leave ORDER BY out."
            default: nil
            }
        if let advice { throw self.unexpected("an operator or the end", advice) }
    }
}
