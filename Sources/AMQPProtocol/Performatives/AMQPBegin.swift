/// Begins a session. Source: AMQP 1.0 part 2, §2.7.2.
struct AMQPBegin: Equatable, Sendable {
    /// The channel that is answered; `nil` in a session's first begin.
    var remoteChannel: UInt16?
    var nextOutgoingID: UInt32
    /// Transfer frames.
    var incomingWindow: UInt32
    /// Transfer frames.
    var outgoingWindow: UInt32
    var handleMax = UInt32.max

    init(remoteChannel: UInt16?, nextOutgoingID: UInt32, incomingWindow: UInt32, outgoingWindow: UInt32) {
        self.remoteChannel = remoteChannel
        self.nextOutgoingID = nextOutgoingID
        self.incomingWindow = incomingWindow
        self.outgoingWindow = outgoingWindow
    }

    init(_ fields: AMQPFields) throws(AMQPWireError) {
        self.remoteChannel = try fields.ushort(0, "remote-channel")
        self.nextOutgoingID = try fields.required(fields.uint(1, "next-outgoing-id"), "next-outgoing-id")
        self.incomingWindow = try fields.required(fields.uint(2, "incoming-window"), "incoming-window")
        self.outgoingWindow = try fields.required(fields.uint(3, "outgoing-window"), "outgoing-window")
        self.handleMax = try fields.uint(4, "handle-max") ?? .max
    }

    var value: AMQPValue {
        AMQPDescriptor.begin.describing(fields: [
            .optional(self.remoteChannel) { .ushort($0) }, .uint(self.nextOutgoingID), .uint(self.incomingWindow),
            .uint(self.outgoingWindow), .uint(self.handleMax),
        ])
    }
}
