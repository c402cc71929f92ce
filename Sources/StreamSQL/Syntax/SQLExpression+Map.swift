extension SQLExpression {
    /// The same expression with other columns; names of units stay.
    ///
    /// - Parameter replace: What stands for a column's path, which begins at the position.
    /// - Returns: The expression; ``levels`` are counted anew.
    /// - Throws: What `replace` throws.
    func mapColumns(
        _ replace: ([SQLPathStep], Int) throws(StreamSQLError) -> SQLExpression
    ) throws(StreamSQLError) -> SQLExpression {
        if case .column(let steps) = self.kind { return try replace(steps, self.position) }
        return try self.mapParts { (part) throws(StreamSQLError) in try part.mapColumns(replace) }
    }

    /// The same expression with other expressions directly within it; names of units stay.
    ///
    /// - Parameter map: What stands for a part.
    /// - Returns: The expression; ``levels`` are counted anew.
    /// - Throws: What `map` throws.
    func mapParts(
        _ map: (SQLExpression) throws(StreamSQLError) -> SQLExpression
    ) throws(StreamSQLError) -> SQLExpression {
        let kind: Kind
        switch self.kind {
        case .literal, .column: return self
        case .negated(let part): kind = .negated(try map(part))
        case .not(let part): kind = .not(try map(part))
        case .all(let parts): kind = .all(try SQLExpression.map(parts, map))
        case .any(let parts): kind = .any(try SQLExpression.map(parts, map))
        case .binary(let operation, let left, let right): kind = .binary(operation, try map(left), try map(right))
        case .isNull(let part, let isNegated): kind = .isNull(try map(part), isNegated: isNegated)
        case .between(let part, let low, let high, let isNegated):
            kind = .between(try map(part), low: try map(low), high: try map(high), isNegated: isNegated)
        case .isIn(let part, let list, let isNegated):
            kind = .isIn(try map(part), try SQLExpression.map(list, map), isNegated: isNegated)
        case .like(let part, let pattern, let escape, let isNegated):
            let escape = try SQLExpression.map(escape, map)
            kind = .like(try map(part), pattern: try map(pattern), escape: escape, isNegated: isNegated)
        case .choice(let operand, let choices, let otherwise):
            var mapped: [SQLChoice] = []
            for choice in choices { mapped.append(SQLChoice(when: try map(choice.when), then: try map(choice.then))) }
            let operand = try SQLExpression.map(operand, map)
            kind = .choice(operand: operand, mapped, otherwise: try SQLExpression.map(otherwise, map))
        case .cast(let part, let type, let isTry): kind = .cast(try map(part), type, isTry: isTry)
        case .call(let call): kind = .call(try call.mapParts(map))
        case .member(let part, let steps): kind = .member(try map(part), steps)
        }
        var made = SQLExpression(kind, at: self.position)
        made.levels = made.parts.reduce(0) { max($0, $1.levels) } + 1
        return made
    }

    /// The expressions directly within this one.
    var parts: [SQLExpression] {
        switch self.kind {
        case .literal, .column: []
        case .negated(let part), .not(let part), .isNull(let part, _), .cast(let part, _, _), .member(let part, _):
            [part]
        case .all(let parts), .any(let parts): parts
        case .binary(_, let left, let right): [left, right]
        case .between(let part, let low, let high, _): [part, low, high]
        case .isIn(let part, let list, _): [part] + list
        case .like(let part, let pattern, let escape, _): [part, pattern] + [escape].compactMap(\.self)
        case .choice(let operand, let choices, let otherwise):
            [operand, otherwise].compactMap(\.self) + choices.flatMap { [$0.when, $0.then] }
        case .call(let call): call.arguments + (call.over?.parts ?? [])
        }
    }

    /// This expression or one within it, the first that is so.
    func first(where isWanted: (SQLExpression) -> Bool) -> SQLExpression? {
        if isWanted(self) { return self }
        for part in self.parts {
            if let found = part.first(where: isWanted) { return found }
        }
        return nil
    }

    private static func map(
        _ part: SQLExpression?,
        _ map: (SQLExpression) throws(StreamSQLError) -> SQLExpression
    ) throws(StreamSQLError) -> SQLExpression? {
        guard let part else { return nil }
        return try map(part)
    }

    fileprivate static func map(
        _ parts: [SQLExpression],
        _ map: (SQLExpression) throws(StreamSQLError) -> SQLExpression
    ) throws(StreamSQLError) -> [SQLExpression] {
        var mapped: [SQLExpression] = []
        mapped.reserveCapacity(parts.count)
        for part in parts { mapped.append(try map(part)) }
        return mapped
    }
}

extension SQLCall {
    /// Whether the first argument is the name of a unit.
    private var beginsWithUnit: Bool {
        WindowNames.all.contains(StreamText.capitals(self.name)) || ScalarFunction.takesUnit(self.name)
    }

    fileprivate func mapParts(
        _ map: (SQLExpression) throws(StreamSQLError) -> SQLExpression
    ) throws(StreamSQLError) -> SQLCall {
        var call = self
        for index in self.arguments.indices {
            if index == 0, self.beginsWithUnit, case .column = self.arguments[0].kind { continue }
            call.arguments[index] = try map(self.arguments[index])
        }
        if let over = self.over {
            call.over?.partitionBy = try SQLExpression.map(over.partitionBy, map)
            for index in over.orderBy.indices { call.over?.orderBy[index].key = try map(over.orderBy[index].key) }
            if let when = over.when { call.over?.when = try map(when) }
        }
        return call
    }
}

extension SQLOver {
    /// The expressions within it; `DURATION`'s are constants.
    fileprivate var parts: [SQLExpression] {
        self.partitionBy + self.orderBy.map(\.key) + [self.when].compactMap(\.self)
    }
}
