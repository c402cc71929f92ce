package import NIOCore

/// Cuts a byte stream into frames, however the network split it.
///
/// ```
/// length i32 │ length bytes: header, body
/// ```
/// - Refuses a length below 8 or above ``frameBytesMax`` when its four bytes are there, before the body is waited for.
/// - Holds what was received and nothing for what was only announced.
/// - After the first fault every call throws it again: a stream cannot be cut anew behind a bad frame.
///
/// Source: contracts/kafka.md §1.
package struct KafkaFrameDecoder: Sendable {
    /// Bytes of the length field, which does not count itself.
    package static let lengthBytes = 4
    /// Least length: a request header without client id.
    package static let frameBytesMin = 8
    /// Most, if nothing is configured.
    package static let frameBytesMaxDefault = 16 << 20

    /// Bytes of the largest frame taken, length field not counted; may be changed between frames.
    package var frameBytesMax: Int
    private var buffer = ByteBuffer()
    private var failure: KafkaWireError?

    /// A decoder at the start of a stream.
    package init(frameBytesMax: Int = KafkaFrameDecoder.frameBytesMaxDefault) {
        self.frameBytesMax = frameBytesMax
    }

    /// Bytes received and not yet returned in frames.
    package var bufferedBytes: Int { self.buffer.readableBytes }

    /// The length that the next frame states, not checked yet; `nil` while its four bytes are not there.
    package var statedBytes: Int? {
        self.buffer.getInteger(at: self.buffer.readerIndex, as: Int32.self).map { Int($0) }
    }

    /// The request key that the next frame states, not checked yet; `nil` while its two bytes are not there.
    package var statedKey: Int16? {
        self.buffer.getInteger(at: self.buffer.readerIndex + KafkaFrameDecoder.lengthBytes, as: Int16.self)
    }

    /// Takes bytes from the network.
    package mutating func append(_ bytes: ByteBuffer) {
        guard self.failure == nil else { return }
        guard self.buffer.readableBytes > 0 else {
            self.buffer = bytes
            return
        }
        self.buffer.discardReadBytes()
        self.buffer.writeImmutableBuffer(bytes)
    }

    /// The next frame without its length, a slice of what was received; `nil` when more bytes are needed.
    package mutating func next() throws(KafkaWireError) -> ByteBuffer? {
        if let failure { throw failure }
        guard let stated = self.buffer.getInteger(at: self.buffer.readerIndex, as: Int32.self) else {
            self.keepRest()
            return nil
        }
        let length = Int(stated)
        guard length >= KafkaFrameDecoder.frameBytesMin else {
            throw self.fail(.frameTooShort(length: length, least: KafkaFrameDecoder.frameBytesMin))
        }
        guard length <= self.frameBytesMax else {
            throw self.fail(.frameTooLarge(length: length, limit: self.frameBytesMax))
        }
        guard self.buffer.readableBytes - KafkaFrameDecoder.lengthBytes >= length else {
            self.keepRest()
            return nil
        }
        self.buffer.moveReaderIndex(forwardBy: KafkaFrameDecoder.lengthBytes)
        return self.buffer.readSlice(length: length)
    }

    private mutating func fail(_ code: KafkaWireError.Code) -> KafkaWireError {
        let error = KafkaWireError(code, at: 0)
        self.failure = error
        self.buffer = ByteBuffer()
        return error
    }

    /// Copies a small rest out of the read buffer, which it would keep alive whole.
    private mutating func keepRest() {
        let rest = self.buffer.readableBytes
        if rest == 0 {
            self.buffer = ByteBuffer()
        } else if rest * 2 <= self.buffer.storageCapacity {
            self.buffer = ByteBuffer(bytes: self.buffer.readableBytesView)
        }
    }
}
