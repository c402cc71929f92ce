package import NIOCore

/// Cuts a byte stream into protocol headers and frames, however the network split it.
///
/// - The caller knows which of them comes next, and asks for it.
/// - A size outside of the limits is refused when its four bytes are there, before the rest is waited for.
/// - Holds what was received and nothing for what was only announced.
/// - After the first fault every call throws it again: a stream cannot be cut anew behind a bad frame.
package struct AMQPFrameDecoder: Sendable {
    /// Bytes of the largest frame taken; may be changed between frames.
    package var frameBytesMax: Int
    private var buffer = ByteBuffer()
    private var failure: AMQPWireError?

    /// A decoder at the start of a stream.
    package init(frameBytesMax: Int) {
        self.frameBytesMax = frameBytesMax
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

    /// The next protocol header; `nil` when more bytes are needed.
    package mutating func nextHeader() throws(AMQPWireError) -> AMQPProtocolHeader? {
        if let failure { throw failure }
        do throws(AMQPWireError) {
            return try AMQPProtocolHeader.read(from: &self.buffer)
        } catch {
            throw self.fail(error.code)
        }
    }

    /// The next frame, which must be of this kind; `nil` when more bytes are needed.
    package mutating func nextFrame(_ kind: AMQPFrame.Kind) throws(AMQPWireError) -> AMQPFrame? {
        if let failure { throw failure }
        let start = self.buffer.readerIndex
        guard let size = self.buffer.getInteger(at: start, as: UInt32.self).map(Int.init) else {
            self.keepRest()
            return nil
        }
        guard size >= AMQPFrame.headerBytes else { throw self.fail(.frameTooShort(size: size)) }
        guard size <= self.frameBytesMax else {
            throw self.fail(.frameTooLarge(size: size, limit: self.frameBytesMax))
        }
        guard self.buffer.readableBytes >= size, var frame = self.buffer.readSlice(length: size) else {
            self.keepRest()
            return nil
        }
        frame.moveReaderIndex(forwardBy: 4)
        guard let words = frame.readInteger(as: UInt8.self), let type = frame.readInteger(as: UInt8.self),
            let channel = frame.readInteger(as: UInt16.self), words >= 2, Int(words) * 4 <= size
        else { throw self.fail(.badDataOffset(words: Int(self.buffer.getInteger(at: start + 4, as: UInt8.self) ?? 0))) }
        guard type == kind.rawValue else { throw self.fail(.wrongFrameType(type)) }
        frame.moveReaderIndex(forwardBy: Int(words) * 4 - AMQPFrame.headerBytes)
        return AMQPFrame(channel: channel, body: frame)
    }

    private mutating func fail(_ code: AMQPWireError.Code) -> AMQPWireError {
        let error = AMQPWireError(code)
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
