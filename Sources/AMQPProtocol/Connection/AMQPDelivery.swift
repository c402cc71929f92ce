import NIOCore

/// A whole message that came on a link.
struct AMQPDelivery: Equatable {
    var handle: UInt32
    var linkSerial: UInt64
    var kind: AMQPLink.Kind
    var deliveryID: UInt32
    /// The client does not want to hear what becomes of it.
    var isSettled: Bool
    /// The message has more bytes than its link takes, and was not kept.
    var isTooLarge: Bool
    /// The message as encoded.
    var bytes: ByteBuffer
}
