/// One side of an operation in floats alone, in which NaN is `NULL`.
enum FloatOperand {
    case constant(Double)
    case slot(Int)
    case evaluation(ExpressionNode.FloatEvaluation)

    /// The operation; `nil` for comparisons and remainders.
    static func operation(_ operation: SQLOperator, _ left: FloatOperand, _ right: FloatOperand) -> ExpressionNode? {
        switch operation {
        case .plus: FloatOperand.node(left, right, "+") { $0 + $1 }
        case .minus: FloatOperand.node(left, right, "-") { $0 - $1 }
        case .times: FloatOperand.node(left, right, "*") { $0 * $1 }
        case .dividedBy: FloatOperand.node(left, right, "/") { $0 / $1 }
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
    @inline(__always)
    private static func node(
        _ left: FloatOperand,
        _ right: FloatOperand,
        _ sign: String,
        _ operation: @escaping @Sendable (Double, Double) -> Double
    ) -> ExpressionNode {
        switch (left, right) {
        case (.slot(let slot), .constant(let right)):
            return ExpressionNode(float: { (row) throws(StreamFault) in
                let left = try FloatOperand.float(row.slots[slot])
                return try FloatOperand.checked(operation(left, right), left, sign, right)
            })
        case (.evaluation(let left), .constant(let right)):
            return ExpressionNode(float: { (row) throws(StreamFault) in
                let left = try left(row)
                return try FloatOperand.checked(operation(left, right), left, sign, right)
            })
        case (.constant, _), (.slot, _), (.evaluation, _):
            let (left, right) = (left.evaluation, right.evaluation)
            return ExpressionNode(float: { (row) throws(StreamFault) in
                let (left, right) = (try left(row), try right(row))
                return try FloatOperand.checked(operation(left, right), left, sign, right)
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
    private static func checked(
        _ value: Double,
        _ left: Double,
        _ sign: String,
        _ right: Double
    ) throws(StreamFault) -> Double {
        if value.isFinite { return value }
        if left.isNaN || right.isNaN { return .nan }
        throw StreamArithmetic.unusual(left, sign, right)
    }
}
