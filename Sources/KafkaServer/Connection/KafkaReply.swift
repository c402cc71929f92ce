import NIOCore

/// What leaves for one request.
struct KafkaReply {
    /// The frame in pieces, in order; none when the request wants no answer.
    var pieces: [ByteBuffer] = []
    /// Bytes of the answers' budget to give back when the last piece is with the kernel.
    var reservedBytes = 0
    /// Why the connection ends behind it.
    var closes: KafkaCloseReason?
}
