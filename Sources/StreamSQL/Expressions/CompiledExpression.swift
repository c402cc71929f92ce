/// An expression whose names are resolved to slots, ready to be evaluated for row after row.
///
/// Made by the binder. Evaluating is pure and looks nothing up; the same row gives the same value.
package struct CompiledExpression: Sendable {
    package typealias Evaluation = @Sendable (StreamRow) throws(StreamFault) -> StreamValue
    package typealias Test = @Sendable (StreamRow) throws(StreamFault) -> StreamTruth

    /// The expression as it was written, in the printer's form; for EXPLAIN.
    package let text: String
    /// The value, when it is the same for every row.
    package let constant: StreamValue?
    /// The slot, when the expression is nothing but one: then it may be read without a call.
    package let slot: Int?

    private let evaluation: Evaluation
    private let test: Test

    /// Appends the value for a row to an array.
    typealias Appending = @Sendable (StreamRow, inout [StreamValue]) throws(StreamFault) -> Void

    /// What appends the value.
    var appending: Appending {
        if let slot = self.slot {
            return { (row, values) throws(StreamFault) in values.append(row.slots[slot]) }
        }
        let evaluation = self.evaluation
        return { (row, values) throws(StreamFault) in values.append(try evaluation(row)) }
    }

    init(text: String, constant: StreamValue?, slot: Int?, evaluation: @escaping Evaluation, test: @escaping Test) {
        self.text = text
        self.constant = constant
        self.slot = slot
        self.evaluation = evaluation
        self.test = test
    }

    /// The value for a row.
    ///
    /// - Throws: When the row's values do not allow one.
    package func value(_ row: StreamRow) throws(StreamFault) -> StreamValue {
        try self.evaluation(row)
    }

    /// The expression as a condition. `WHERE`, `HAVING` and `WHEN` want ``StreamTruth/yes``.
    ///
    /// - Throws: When the row's values do not allow one, or the value is no `bit`.
    package func truth(_ row: StreamRow) throws(StreamFault) -> StreamTruth {
        try self.test(row)
    }

    /// Whether the condition is true; unknown is not.
    ///
    /// - Throws: As ``truth(_:)``.
    package func isTrue(_ row: StreamRow) throws(StreamFault) -> Bool {
        try self.test(row) == .yes
    }
}
