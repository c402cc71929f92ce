/// What became of deliveries. Source: AMQP 1.0 part 2, §2.7.6.
struct AMQPDisposition: Equatable, Sendable {
    /// Which end says so.
    var role: AMQPAttach.Role
    /// The first delivery.
    var first: UInt32
    /// The last one; `nil`: only the first.
    var last: UInt32?
    var isSettled = false
    var state: AMQPDeliveryState?

    init(role: AMQPAttach.Role, first: UInt32, isSettled: Bool, state: AMQPDeliveryState?) {
        self.role = role
        self.first = first
        self.isSettled = isSettled
        self.state = state
    }

    init(_ fields: AMQPFields) throws(AMQPWireError) {
        self.role = AMQPAttach.Role(isReceiver: try fields.required(fields.boolean(0, "role"), "role"))
        self.first = try fields.required(fields.uint(1, "first"), "first")
        self.last = try fields.uint(2, "last")
        self.isSettled = try fields.boolean(3, "settled") ?? false
        let state = fields.value(4)
        self.state = state == .null ? nil : try AMQPDeliveryState(state)
    }

    var value: AMQPValue {
        AMQPDescriptor.disposition.describing(fields: [
            self.role.value, .uint(self.first), .optional(self.last) { .uint($0) }, .boolean(self.isSettled),
            self.state?.value ?? .null,
        ])
    }
}
