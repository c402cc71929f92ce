extension ExpressionNode {
    /// `left operation right` for `+ - * / %`.
    static func arithmetic(_ operation: SQLOperator, _ left: ExpressionNode, _ right: ExpressionNode) -> ExpressionNode
    {
        // Beside a float every number is one, so nothing in between needs to be told apart from other types.
        if left.isFloat || right.isFloat, let left = left.asFloat, let right = right.asFloat,
            let node = FloatOperand.operation(operation, left, right)
        {
            return node
        }
        return switch operation {
        case .plus: .pair(left, right, StreamArithmetic.sum)
        case .minus: .pair(left, right, StreamArithmetic.difference)
        case .times: .pair(left, right, StreamArithmetic.product)
        case .dividedBy: .pair(left, right, StreamArithmetic.quotient)
        case .remainder: .pair(left, right, StreamArithmetic.remainder)
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: .comparison(operation, left, right)
        }
    }

    /// `-part`.
    static func negated(_ part: ExpressionNode) -> ExpressionNode {
        let value = part.evaluation
        return ExpressionNode { (row) throws(StreamFault) in
            try StreamArithmetic.difference(.bigint(0), try value(row))
        }
    }

    /// Slots and constants are read without a call.
    @inline(__always)
    private static func pair(
        _ left: ExpressionNode,
        _ right: ExpressionNode,
        _ operation: @escaping @Sendable (StreamValue, StreamValue) throws(StreamFault) -> StreamValue
    ) -> ExpressionNode {
        let (leftValue, rightValue) = (left.evaluation, right.evaluation)
        switch (left.slot, right.slot, right.constant) {
        case (let left?, let right?, _):
            return ExpressionNode { (row) throws(StreamFault) in try operation(row.slots[left], row.slots[right]) }
        case (let left?, nil, let constant?):
            return ExpressionNode { (row) throws(StreamFault) in try operation(row.slots[left], constant) }
        case (nil, _, let constant?):
            return ExpressionNode { (row) throws(StreamFault) in try operation(try leftValue(row), constant) }
        case (_, _, nil):
            return ExpressionNode { (row) throws(StreamFault) in try operation(try leftValue(row), try rightValue(row))
            }
        }
    }

    private var isFloat: Bool {
        if case .float = self.constant { true } else { self.float != nil }
    }

    /// The value as a `float`, when that can be told; `nil` for other expressions.
    private var asFloat: FloatOperand? {
        if let number = self.constant?.number { return .constant(number) }
        if let slot = self.slot { return .slot(slot) }
        return self.float.map { .evaluation($0) }
    }
}
