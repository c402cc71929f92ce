internal import TelemetryJSON

/// A part of an expression while it is compiled: closures over closures, made once and called for each row.
struct ExpressionNode: Sendable {
    typealias Evaluation = CompiledExpression.Evaluation
    typealias Test = CompiledExpression.Test

    /// A number without its box: NaN is `NULL`, as no `float` is NaN.
    typealias FloatEvaluation = @Sendable (StreamRow) throws(StreamFault) -> Double

    /// The value, when it is the same for every row.
    private(set) var constant: StreamValue?
    /// The slot, when it is nothing but one.
    private(set) var slot: Int?
    let evaluation: Evaluation
    let test: Test
    /// The value, when it is a `float` or `NULL` for every row.
    private(set) var float: FloatEvaluation?

    /// A constant.
    init(constant: StreamValue) {
        self.init { (_) throws(StreamFault) in constant }
        self.constant = constant
    }

    /// The value of a slot.
    init(slot: Int) {
        self.init { (row) throws(StreamFault) in row.slots[slot] }
        self.slot = slot
    }

    /// Something with a value.
    init(_ evaluation: @escaping Evaluation) {
        self.evaluation = evaluation
        self.test = { (row) throws(StreamFault) in
            let value = try evaluation(row)
            switch value {
            case .bit(let value): return StreamTruth(value)
            case .null: return .unknown
            case .bigint, .float, .nvarchar, .datetime, .record, .array:
                throw StreamFault("a condition must be true or false, not \(value.faultText)")
            }
        }
    }

    /// A condition.
    init(test: @escaping Test) {
        self.test = test
        self.evaluation = { (row) throws(StreamFault) in try test(row).value }
    }

    /// A `float` or `NULL`.
    init(float: @escaping FloatEvaluation) {
        self.init { (row) throws(StreamFault) in
            let value = try float(row)
            return value.isNaN ? .null : .float(value)
        }
        self.float = float
    }

    /// `System.Timestamp()`.
    static let time = ExpressionNode { (row) throws(StreamFault) in .datetime(row.time) }

    /// The member a path leads to.
    static func member(of node: ExpressionNode, at path: JSONPath) -> ExpressionNode {
        let value = node.evaluation
        return ExpressionNode { (row) throws(StreamFault) in try value(row).value(at: path) }
    }

    /// The same, evaluated now when all it is made of is constant.
    ///
    /// - Throws: When the constants have no value.
    func folded(_ parts: [ExpressionNode]) throws(StreamFault) -> ExpressionNode {
        guard parts.allSatisfy({ $0.constant != nil }) else { return self }
        return ExpressionNode(constant: try self.evaluation(StreamRow(slotCount: 0)))
    }
}
