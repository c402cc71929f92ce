/// How much more may come: of a session in transfer frames, of a link in messages. Source: AMQP 1.0 part 2, §2.7.4.
struct AMQPFlow: Equatable, Sendable {
    /// `nil` before the first begin of the peer was seen.
    var nextIncomingID: UInt32?
    /// Transfer frames.
    var incomingWindow: UInt32
    var nextOutgoingID: UInt32
    /// Transfer frames.
    var outgoingWindow: UInt32
    /// The link; `nil`: only the session.
    var handle: UInt32?
    var deliveryCount: UInt32?
    /// Messages.
    var linkCredit: UInt32?
    /// The sender uses up or gives up its credit now.
    var drains = false
    /// The other side answers with its own state.
    var echoes = false

    init(nextIncomingID: UInt32?, incomingWindow: UInt32, nextOutgoingID: UInt32, outgoingWindow: UInt32) {
        self.nextIncomingID = nextIncomingID
        self.incomingWindow = incomingWindow
        self.nextOutgoingID = nextOutgoingID
        self.outgoingWindow = outgoingWindow
    }

    init(_ fields: AMQPFields) throws(AMQPWireError) {
        self.nextIncomingID = try fields.uint(0, "next-incoming-id")
        self.incomingWindow = try fields.required(fields.uint(1, "incoming-window"), "incoming-window")
        self.nextOutgoingID = try fields.required(fields.uint(2, "next-outgoing-id"), "next-outgoing-id")
        self.outgoingWindow = try fields.required(fields.uint(3, "outgoing-window"), "outgoing-window")
        self.handle = try fields.uint(4, "handle")
        self.deliveryCount = try fields.uint(5, "delivery-count")
        self.linkCredit = try fields.uint(6, "link-credit")
        self.drains = try fields.boolean(8, "drain") ?? false
        self.echoes = try fields.boolean(9, "echo") ?? false
    }

    var value: AMQPValue {
        AMQPDescriptor.flow.describing(fields: [
            .optional(self.nextIncomingID) { .uint($0) }, .uint(self.incomingWindow), .uint(self.nextOutgoingID),
            .uint(self.outgoingWindow), .optional(self.handle) { .uint($0) },
            .optional(self.deliveryCount) { .uint($0) },
            .optional(self.linkCredit) { .uint($0) }, .null, self.drains ? .boolean(true) : .null,
            self.echoes ? .boolean(true) : .null,
        ])
    }
}
