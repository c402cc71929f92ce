import NIOCore

/// A message, or a part of one; the payload stands behind it in the frame. Source: AMQP 1.0 part 2, §2.7.5.
struct AMQPTransfer: Equatable, Sendable {
    var handle: UInt32
    /// In the first frame of a delivery.
    var deliveryID: UInt32?
    /// In the first frame of a delivery.
    var deliveryTag: ByteBuffer?
    var isSettled: Bool?
    /// Further frames of the delivery follow.
    var hasMore = false
    /// The delivery is given up; its frames are to be forgotten.
    var isAborted = false

    init(handle: UInt32) {
        self.handle = handle
    }

    init(_ fields: AMQPFields) throws(AMQPWireError) {
        self.handle = try fields.required(fields.uint(0, "handle"), "handle")
        self.deliveryID = try fields.uint(1, "delivery-id")
        self.deliveryTag = try fields.binary(2, "delivery-tag")
        self.isSettled = try fields.boolean(4, "settled")
        self.hasMore = try fields.boolean(5, "more") ?? false
        self.isAborted = try fields.boolean(9, "aborted") ?? false
    }

    var value: AMQPValue {
        AMQPDescriptor.transfer.describing(fields: [
            .uint(self.handle), .optional(self.deliveryID) { .uint($0) },
            .optional(self.deliveryTag) { .binary($0) }, .uint(0), .optional(self.isSettled) { .boolean($0) },
            self.hasMore ? .boolean(true) : .null, .null, .null, .null, self.isAborted ? .boolean(true) : .null,
        ])
    }
}
