/// Attaches a link to a session. Source: AMQP 1.0 part 2, §2.7.3.
struct AMQPAttach: Equatable, Sendable {
    /// Which end the sender of this frame is; a boolean on the wire.
    enum Role: Equatable, Sendable {
        case sender
        case receiver

        /// The other end.
        var mirrored: Role { self == .sender ? .receiver : .sender }
        var value: AMQPValue { .boolean(self == .receiver) }

        init(isReceiver: Bool) {
            self = isReceiver ? .receiver : .sender
        }
    }

    var name: String
    var handle: UInt32
    var role: Role
    /// 0 unsettled, 1 settled, 2 mixed.
    var senderSettleMode: UInt8?
    /// 0 first, 1 second.
    var receiverSettleMode: UInt8?
    var source: AMQPTerminus?
    var target: AMQPTerminus?
    /// Of the sender's frame only.
    var initialDeliveryCount: UInt32?
    /// Bytes; `nil` or 0: no limit.
    var maxMessageSize: UInt64?

    init(name: String, handle: UInt32, role: Role) {
        self.name = name
        self.handle = handle
        self.role = role
    }

    init(_ fields: AMQPFields) throws(AMQPWireError) {
        self.name = try fields.required(fields.string(0, "name"), "name")
        self.handle = try fields.required(fields.uint(1, "handle"), "handle")
        self.role = Role(isReceiver: try fields.required(fields.boolean(2, "role"), "role"))
        self.senderSettleMode = try fields.ubyte(3, "snd-settle-mode")
        self.receiverSettleMode = try fields.ubyte(4, "rcv-settle-mode")
        self.source = try AMQPTerminus(fields.value(5), .source)
        self.target = try AMQPTerminus(fields.value(6), .target)
        self.initialDeliveryCount = try fields.uint(9, "initial-delivery-count")
        self.maxMessageSize = try fields.ulong(10, "max-message-size")
    }

    var value: AMQPValue {
        AMQPDescriptor.attach.describing(fields: [
            .string(self.name), .uint(self.handle), self.role.value, .optional(self.senderSettleMode) { .ubyte($0) },
            .optional(self.receiverSettleMode) { .ubyte($0) }, self.source?.value ?? .null, self.target?.value ?? .null,
            .null, .null, .optional(self.initialDeliveryCount) { .uint($0) },
            .optional(self.maxMessageSize) { .ulong($0) },
        ])
    }
}
