/// One side of an operation in floats alone, in which NaN is `NULL`.
enum FloatOperand {
    case constant(Double)
    case slot(Int)
    case evaluation(ExpressionNode.FloatEvaluation)

    /// The operation; `nil` for comparisons and remainders.
    static func operation(_ operation: SQLOperator, _ left: FloatOperand, _ right: FloatOperand) -> ExpressionNode? {
        switch operation {
        case .plus: FloatOperand.node(left, right, FloatSum.self)
        case .minus: FloatOperand.node(left, right, FloatDifference.self)
        case .times: FloatOperand.node(left, right, FloatProduct.self)
        case .dividedBy: FloatOperand.node(left, right, FloatQuotient.self)
        case .remainder, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: nil
        }
    }

    private var evaluation: ExpressionNode.FloatEvaluation {
        switch self {
        case .constant(let constant): { (_) throws(StreamFault) in constant }
        case .slot(let slot): { (row) throws(StreamFault) in try FloatOperand.float(row.slots[slot]) }
        case .evaluation(let evaluation): evaluation
        }
    }

    /// A closure for each pair that is usual, so that slots and constants need no call.
    private static func node<Operation: FloatOperation>(
        _ left: FloatOperand,
        _ right: FloatOperand,
        _: Operation.Type
    ) -> ExpressionNode {
        switch (left, right) {
        case (.slot(let slot), .constant(let right)):
            return ExpressionNode(float: { (row) throws(StreamFault) in
                let left = try FloatOperand.float(row.slots[slot])
                return try FloatOperand.checked(left, right, Operation.self)
            })
        case (.evaluation(let left), .constant(let right)):
            return ExpressionNode(float: { (row) throws(StreamFault) in
                let left = try left(row)
                return try FloatOperand.checked(left, right, Operation.self)
            })
        case (.constant, _), (.slot, _), (.evaluation, _):
            let (left, right) = (left.evaluation, right.evaluation)
            return ExpressionNode(float: { (row) throws(StreamFault) in
                let (left, right) = (try left(row), try right(row))
                return try FloatOperand.checked(left, right, Operation.self)
            })
        }
    }

    @inline(__always)
    private static func float(_ value: StreamValue) throws(StreamFault) -> Double {
        switch value {
        case .float(let value): return value
        case .bigint(let value): return Double(value)
        case .null: return .nan
        case .bit, .nvarchar, .datetime, .record, .array: throw StreamArithmetic.noNumber(value)
        }
    }

    @inline(__always)
    private static func checked<Operation: FloatOperation>(
        _ left: Double,
        _ right: Double,
        _: Operation.Type
    ) throws(StreamFault) -> Double {
        let value = Operation.apply(left, right)
        if value.isFinite { return value }
        if left.isNaN || right.isNaN { return .nan }
        throw StreamArithmetic.unusual(left, Operation.sign, right)
    }
}

/// An operation of two floats; a type for each, so that the compiler puts it into the closures.
private protocol FloatOperation: SendableMetatype {
    static var sign: String { get }
    static func apply(_ left: Double, _ right: Double) -> Double
}

private enum FloatSum: FloatOperation {
    static var sign: String { "+" }
    static func apply(_ left: Double, _ right: Double) -> Double { left + right }
}

private enum FloatDifference: FloatOperation {
    static var sign: String { "-" }
    static func apply(_ left: Double, _ right: Double) -> Double { left - right }
}

private enum FloatProduct: FloatOperation {
    static var sign: String { "*" }
    static func apply(_ left: Double, _ right: Double) -> Double { left * right }
}

private enum FloatQuotient: FloatOperation {
    static var sign: String { "/" }
    static func apply(_ left: Double, _ right: Double) -> Double { left / right }
}
