/// Opens the connection. Source: AMQP 1.0 part 2, §2.7.1.
struct AMQPOpen: Equatable, Sendable {
    var containerID: String
    var hostname: String?
    /// Bytes.
    var maxFrameSize = UInt32.max
    var channelMax = UInt16.max
    /// Milliseconds without a frame after which the sender of this closes; `nil` or 0: never.
    var idleTimeOut: UInt32?

    init(containerID: String) {
        self.containerID = containerID
    }

    init(_ fields: AMQPFields) throws(AMQPWireError) {
        self.containerID = try fields.required(fields.string(0, "container-id"), "container-id")
        self.hostname = try fields.string(1, "hostname")
        self.maxFrameSize = try fields.uint(2, "max-frame-size") ?? .max
        self.channelMax = try fields.ushort(3, "channel-max") ?? .max
        self.idleTimeOut = try fields.uint(4, "idle-time-out")
    }

    var value: AMQPValue {
        AMQPDescriptor.open.describing(fields: [
            .string(self.containerID), .optional(self.hostname) { .string($0) }, .uint(self.maxFrameSize),
            .ushort(self.channelMax), .optional(self.idleTimeOut) { .uint($0) },
        ])
    }
}
