extension ExpressionNode {
    /// A call of a function with values; a function with a unit has it apart.
    static func call(_ function: ScalarFunction, unit: TimeUnit?, _ arguments: [ExpressionNode]) -> ExpressionNode {
        let isStrict = function.isStrict
        let values = arguments.map(\.evaluation)
        switch function.body {
        case .one(let body):
            let value = values[0]
            return ExpressionNode { (row) throws(StreamFault) in
                let value = try value(row)
                return isStrict && value.isNull ? .null : try body(value)
            }
        case .two(let body):
            let (first, second) = (values[0], values[1])
            return ExpressionNode { (row) throws(StreamFault) in
                let (first, second) = (try first(row), try second(row))
                return isStrict && (first.isNull || second.isNull) ? .null : try body(first, second)
            }
        case .many(let body):
            return ExpressionNode { (row) throws(StreamFault) in
                guard let values = try ExpressionNode.values(values, row, isStrict: isStrict) else { return .null }
                return try body(values)
            }
        case .unit(let body):
            let unit = unit ?? .second
            return ExpressionNode { (row) throws(StreamFault) in
                guard let values = try ExpressionNode.values(values, row, isStrict: isStrict) else { return .null }
                return try body(unit, values)
            }
        }
    }

    /// The arguments' values; `nil` when one is `NULL` and must not be.
    private static func values(
        _ evaluations: [Evaluation],
        _ row: StreamRow,
        isStrict: Bool
    ) throws(StreamFault) -> [StreamValue]? {
        var values: [StreamValue] = []
        values.reserveCapacity(evaluations.count)
        for evaluation in evaluations {
            let value = try evaluation(row)
            if isStrict, value.isNull { return nil }
            values.append(value)
        }
        return values
    }
}
