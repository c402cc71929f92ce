/// An error as it goes over the wire: a condition and a sentence that says what to do.
package struct AMQPError: Error, Equatable, Sendable {
    /// The condition's name; a client may send others than ``AMQPCondition`` has.
    package var condition: String
    /// For a person.
    package var description: String?

    /// An error of ours.
    init(_ condition: AMQPCondition, _ description: String) {
        self.condition = condition.rawValue
        self.description = description
    }

    init(_ value: AMQPValue) throws(AMQPWireError) {
        let fields = try AMQPFields(value, .error)
        self.condition = try fields.required(fields.symbol(0, "condition"), "condition")
        self.description = try fields.string(1, "description")
    }

    var value: AMQPValue {
        AMQPDescriptor.error.describing(fields: [
            .symbol(self.condition), .optional(self.description) { .string($0) },
        ])
    }

    /// The error in a performative's field, where it may be missing.
    static func optional(_ value: AMQPValue) throws(AMQPWireError) -> AMQPError? {
        value == .null ? nil : try AMQPError(value)
    }
}
