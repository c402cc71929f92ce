extension ExpressionNode {
    /// `left operation right` for `= <> < <= > >=`.
    static func comparison(_ operation: SQLOperator, _ left: ExpressionNode, _ right: ExpressionNode) -> ExpressionNode
    {
        if left.constant != nil, right.constant == nil, let mirrored = operation.mirrored {
            return .comparison(mirrored, right, left)
        }
        // One type for each operator: the compiler then puts what is asked of the order into the closures.
        return switch operation {
        case .equal: .compared(left, right, IsEqual.self)
        case .notEqual: .compared(left, right, IsNotEqual.self)
        case .less: .compared(left, right, IsLess.self)
        case .lessOrEqual: .compared(left, right, IsAtMost.self)
        case .greater: .compared(left, right, IsGreater.self)
        case .greaterOrEqual: .compared(left, right, IsAtLeast.self)
        case .plus, .minus, .times, .dividedBy, .remainder: .arithmetic(operation, left, right)
        }
    }

    private static func compared<Question: OrderQuestion>(
        _ left: ExpressionNode,
        _ right: ExpressionNode,
        _: Question.Type
    ) -> ExpressionNode {
        let (leftValue, rightValue) = (left.evaluation, right.evaluation)
        switch (left.slot, right.constant) {
        case (let slot?, .float(let constant)?): return .compared(slot, constant, Question.self)
        case (let slot?, .bigint(let constant)?) where Int64(exactly: Double(constant)) == constant:
            return .compared(slot, Double(constant), Question.self)
        case (let slot?, let constant?):
            return ExpressionNode(test: { (row) throws(StreamFault) in
                try .ofOrder(StreamComparison.order(row.slots[slot], constant), Question.self)
            })
        case (nil, let constant?):
            return ExpressionNode(test: { (row) throws(StreamFault) in
                try .ofOrder(StreamComparison.order(try leftValue(row), constant), Question.self)
            })
        case (_, nil):
            return ExpressionNode(test: { (row) throws(StreamFault) in
                try .ofOrder(StreamComparison.order(try leftValue(row), try rightValue(row)), Question.self)
            })
        }
    }

    /// A slot with a number, the usual condition.
    private static func compared<Question: OrderQuestion>(
        _ slot: Int,
        _ constant: Double,
        _: Question.Type
    ) -> ExpressionNode {
        ExpressionNode(test: { (row) throws(StreamFault) in
            switch row.slots[slot] {
            case .float(let value): StreamTruth(Question.holds(value < constant ? -1 : value > constant ? 1 : 0))
            case .bigint(let value): StreamTruth(Question.holds(StreamComparison.order(value, constant)))
            case .null: .unknown
            case .bit, .nvarchar, .datetime, .record, .array:
                try .ofOrder(StreamComparison.order(row.slots[slot], .float(constant)), Question.self)
            }
        })
    }

    /// `value BETWEEN low AND high`.
    static func between(
        _ value: ExpressionNode,
        _ low: ExpressionNode,
        _ high: ExpressionNode,
        isNegated: Bool
    ) -> ExpressionNode {
        let (value, low, high) = (value.evaluation, low.evaluation, high.evaluation)
        return ExpressionNode(test: { (row) throws(StreamFault) in
            let value = try value(row)
            let above = StreamTruth.ofOrder(try StreamComparison.order(value, try low(row)), IsAtLeast.self)
            let below = StreamTruth.ofOrder(try StreamComparison.order(value, try high(row)), IsAtMost.self)
            let isBetween = StreamTruth.all(above, below)
            return isNegated ? isBetween.negated : isBetween
        })
    }

    /// `value IN (…)`.
    static func isIn(_ value: ExpressionNode, _ list: [ExpressionNode], isNegated: Bool) -> ExpressionNode {
        let value = value.evaluation
        let constants = list.compactMap(\.constant)
        if constants.count == list.count, let set = ExpressionNode.uniformSet(constants) {
            return ExpressionNode(test: { (row) throws(StreamFault) in
                let value = try value(row)
                if value.isNull { return .unknown }
                if set.type == value.type || (set.isOfNumbers && value.number != nil) {
                    return StreamTruth(set.values.contains(value) != isNegated)
                }
                return try ExpressionNode.contains(value, constants, isNegated)
            })
        }
        let evaluations = list.map(\.evaluation)
        return ExpressionNode(test: { (row) throws(StreamFault) in
            let value = try value(row)
            var elements: [StreamValue] = []
            elements.reserveCapacity(evaluations.count)
            for evaluation in evaluations { elements.append(try evaluation(row)) }
            return try ExpressionNode.contains(value, elements, isNegated)
        })
    }

    private static func contains(
        _ value: StreamValue,
        _ elements: [StreamValue],
        _ isNegated: Bool
    ) throws(StreamFault) -> StreamTruth {
        var result = StreamTruth.no
        for element in elements {
            guard let order = try StreamComparison.order(value, element) else {
                result = .unknown
                continue
            }
            if order == 0 { return isNegated ? .no : .yes }
        }
        return isNegated ? result.negated : result
    }

    /// Values of one type, for which `=` and being the same are one.
    private struct UniformSet: Sendable {
        var values: Set<StreamValue>
        var type: StreamType
        var isOfNumbers: Bool
    }

    private static func uniformSet(_ constants: [StreamValue]) -> UniformSet? {
        guard let first = constants.first else { return nil }
        let areNumbers = constants.allSatisfy { $0.number != nil }
        guard areNumbers || constants.allSatisfy({ $0.type == .nvarchar }) else { return nil }
        return UniformSet(values: Set(constants), type: first.type, isOfNumbers: areNumbers)
    }
}

extension StreamTruth {
    /// What an order means; `nil` is unknown.
    @inline(__always)
    fileprivate static func ofOrder<Question: OrderQuestion>(_ order: Int?, _: Question.Type) -> StreamTruth {
        guard let order else { return .unknown }
        return StreamTruth(Question.holds(order))
    }

    /// `AND`.
    static func all(_ left: StreamTruth, _ right: StreamTruth) -> StreamTruth {
        if left == .no || right == .no { return .no }
        return left == .yes && right == .yes ? .yes : .unknown
    }

    /// `OR`.
    static func any(_ left: StreamTruth, _ right: StreamTruth) -> StreamTruth {
        if left == .yes || right == .yes { return .yes }
        return left == .no && right == .no ? .no : .unknown
    }
}

/// What an operator asks of the order of two values.
private protocol OrderQuestion: SendableMetatype {
    static func holds(_ order: Int) -> Bool
}

private enum IsEqual: OrderQuestion {
    static func holds(_ order: Int) -> Bool { order == 0 }
}

private enum IsNotEqual: OrderQuestion {
    static func holds(_ order: Int) -> Bool { order != 0 }
}

private enum IsLess: OrderQuestion {
    static func holds(_ order: Int) -> Bool { order < 0 }
}

private enum IsAtMost: OrderQuestion {
    static func holds(_ order: Int) -> Bool { order <= 0 }
}

private enum IsGreater: OrderQuestion {
    static func holds(_ order: Int) -> Bool { order > 0 }
}

private enum IsAtLeast: OrderQuestion {
    static func holds(_ order: Int) -> Bool { order >= 0 }
}
