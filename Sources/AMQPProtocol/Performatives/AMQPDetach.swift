/// Detaches a link. Source: AMQP 1.0 part 2, §2.7.7.
struct AMQPDetach: Equatable, Sendable {
    var handle: UInt32
    /// The link ends for good.
    var isClosed = false
    var error: AMQPError?

    init(handle: UInt32, isClosed: Bool, error: AMQPError? = nil) {
        self.handle = handle
        self.isClosed = isClosed
        self.error = error
    }

    init(_ fields: AMQPFields) throws(AMQPWireError) {
        self.handle = try fields.required(fields.uint(0, "handle"), "handle")
        self.isClosed = try fields.boolean(1, "closed") ?? false
        self.error = try .optional(fields.value(2))
    }

    var value: AMQPValue {
        AMQPDescriptor.detach.describing(fields: [
            .uint(self.handle), .boolean(self.isClosed), .optional(self.error) { $0.value },
        ])
    }
}
