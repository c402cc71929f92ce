package import NIOCore

/// One frame: a channel and a body, which is empty in a heartbeat.
///
/// ```
/// size u32 │ data offset u8, in words │ type u8 │ channel u16 │ extended header │ body
/// ```
/// Source: AMQP 1.0 part 2, §2.3.
package struct AMQPFrame: Equatable, Sendable {
    /// What the body holds.
    package enum Kind: UInt8, Sendable {
        case amqp = 0
        case sasl = 1
    }

    /// Bytes of a header without extension.
    static let headerBytes = 8

    /// Which session; of no meaning in SASL frames.
    package var channel: UInt16
    /// A performative, and behind a transfer the payload. A slice of what was received.
    package var body: ByteBuffer

    /// A frame with this content.
    package init(channel: UInt16, body: ByteBuffer) {
        self.channel = channel
        self.body = body
    }

    /// Writes the frame; its size must be within what the peer takes.
    package func write(_ kind: Kind, to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt32(clamping: AMQPFrame.headerBytes + self.body.readableBytes))
        buffer.writeInteger(UInt8(2))
        buffer.writeInteger(kind.rawValue)
        buffer.writeInteger(self.channel)
        buffer.writeImmutableBuffer(self.body)
    }
}
