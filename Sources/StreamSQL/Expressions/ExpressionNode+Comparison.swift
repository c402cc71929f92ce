extension ExpressionNode {
    /// `left operation right` for `= <> < <= > >=`.
    static func comparison(_ operation: SQLOperator, _ left: ExpressionNode, _ right: ExpressionNode) -> ExpressionNode
    {
        if left.constant != nil, right.constant == nil, let mirrored = operation.mirrored {
            return .comparison(mirrored, right, left)
        }
        // One closure for each operator: what is asked of the order is then known when it is compiled.
        return switch operation {
        case .equal: .compared(left, right) { $0 == 0 }
        case .notEqual: .compared(left, right) { $0 != 0 }
        case .less: .compared(left, right) { $0 < 0 }
        case .lessOrEqual: .compared(left, right) { $0 <= 0 }
        case .greater: .compared(left, right) { $0 > 0 }
        case .greaterOrEqual: .compared(left, right) { $0 >= 0 }
        case .plus, .minus, .times, .dividedBy, .remainder: .arithmetic(operation, left, right)
        }
    }

    @inline(__always)
    private static func compared(
        _ left: ExpressionNode,
        _ right: ExpressionNode,
        _ holds: @escaping @Sendable (Int) -> Bool
    ) -> ExpressionNode {
        let (leftValue, rightValue) = (left.evaluation, right.evaluation)
        switch (left.slot, right.constant) {
        case (let slot?, .float(let constant)?): return .compared(slot, constant, holds)
        case (let slot?, .bigint(let constant)?) where Int64(exactly: Double(constant)) == constant:
            return .compared(slot, Double(constant), holds)
        case (let slot?, let constant?):
            return ExpressionNode(test: { (row) throws(StreamFault) in
                try .ofOrder(StreamComparison.order(row.slots[slot], constant), holds)
            })
        case (nil, let constant?):
            return ExpressionNode(test: { (row) throws(StreamFault) in
                try .ofOrder(StreamComparison.order(try leftValue(row), constant), holds)
            })
        case (_, nil):
            return ExpressionNode(test: { (row) throws(StreamFault) in
                try .ofOrder(StreamComparison.order(try leftValue(row), try rightValue(row)), holds)
            })
        }
    }

    /// A slot with a number, the usual condition.
    @inline(__always)
    private static func compared(
        _ slot: Int,
        _ constant: Double,
        _ holds: @escaping @Sendable (Int) -> Bool
    ) -> ExpressionNode {
        ExpressionNode(test: { (row) throws(StreamFault) in
            switch row.slots[slot] {
            case .float(let value): StreamTruth(holds(value < constant ? -1 : value > constant ? 1 : 0))
            case .bigint(let value): StreamTruth(holds(StreamComparison.order(value, constant)))
            case .null: .unknown
            case .bit, .nvarchar, .datetime, .record, .array:
                try .ofOrder(StreamComparison.order(row.slots[slot], .float(constant)), holds)
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
            let above = StreamTruth.ofOrder(try StreamComparison.order(value, try low(row))) { $0 >= 0 }
            let below = StreamTruth.ofOrder(try StreamComparison.order(value, try high(row))) { $0 <= 0 }
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
    static func ofOrder(_ order: Int?, _ holds: (Int) -> Bool) -> StreamTruth {
        guard let order else { return .unknown }
        return StreamTruth(holds(order))
    }

    /// `AND`.
    static func all(_ left: StreamTruth, _ right: StreamTruth) -> StreamTruth {
        if left == .no || right == .no { return .no }
        return left == .yes && right == .yes ? .yes : .unknown
    }
}
