import NIOCore

/// The eight bytes a stream begins with, and begins anew with after SASL: `AMQP`, protocol id, version 1.0.0.
///
/// Source: AMQP 1.0 part 2, §2.2 and part 5, §5.3.1.
package enum AMQPProtocolHeader: UInt8, Sendable {
    case amqp = 0
    case tls = 2
    case sasl = 3

    /// Length in bytes.
    static let byteCount = 8

    /// The bytes.
    package var bytes: [UInt8] { Array("AMQP".utf8) + [self.rawValue, 1, 0, 0] }

    /// Takes a header from the front of `buffer`; `nil` when more bytes are needed.
    ///
    /// - Throws: `notAMQP` at the first byte that no header has there.
    static func read(from buffer: inout ByteBuffer) throws(AMQPWireError) -> AMQPProtocolHeader? {
        let bytes = Array(buffer.readableBytesView.prefix(AMQPProtocolHeader.byteCount))
        let candidates: [AMQPProtocolHeader] = [.amqp, .tls, .sasl].filter { $0.bytes.starts(with: bytes) }
        guard let header = candidates.first else { throw AMQPWireError(.notAMQP) }
        guard bytes.count == AMQPProtocolHeader.byteCount else { return nil }
        buffer.moveReaderIndex(forwardBy: AMQPProtocolHeader.byteCount)
        return header
    }
}
