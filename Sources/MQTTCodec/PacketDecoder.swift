package import NIOCore

/// Cuts a byte stream into packets, however the network split it.
///
/// - Holds at most one packet that is not complete and what one read brought behind it: a packet over ``packetSizeMax``
///   is refused from its fixed header, before its body is waited for.
/// - Keeps no read buffer alive for a small rest: the rest is copied out when it is under half of the buffer.
/// - After the first fault every call throws it again: a stream cannot be cut anew behind a bad packet.
package struct PacketDecoder: Sendable {
    /// Bytes of the largest packet taken, fixed header included; may be changed between packets.
    package var packetSizeMax: Int
    private var buffer = ByteBuffer()
    private var failure: PacketError?

    /// A decoder at the start of a stream.
    package init(packetSizeMax: Int) {
        self.packetSizeMax = packetSizeMax
    }

    /// Bytes received and not yet returned in packets.
    package var bufferedBytes: Int { self.buffer.readableBytes }

    /// Takes bytes from the network.
    package mutating func append(_ bytes: ByteBuffer) {
        guard self.buffer.readableBytes > 0 else {
            self.buffer = bytes
            return
        }
        self.buffer.discardReadBytes()
        self.buffer.writeImmutableBuffer(bytes)
    }

    /// The next packet; `nil` when more bytes are needed.
    package mutating func next() throws(PacketError) -> Packet? {
        if let failure { throw failure }
        do throws(PacketError) {
            guard let header = try FixedHeader.peek(self.buffer) else {
                self.keepRest(packetSize: 5)
                return nil
            }
            guard header.packetSize <= self.packetSizeMax else {
                throw PacketError(.packetTooLarge(limit: self.packetSizeMax), at: 1)
            }
            guard header.packetSize <= self.buffer.readableBytes else {
                self.keepRest(packetSize: header.packetSize)
                return nil
            }
            if header.type == .publish {
                let packet = try PublishPacket(header: header, peeking: self.buffer)
                self.buffer.moveReaderIndex(forwardBy: header.packetSize)
                return .publish(packet)
            }
            guard var body = self.buffer.readSlice(length: header.packetSize) else { return nil }
            body.moveReaderIndex(forwardBy: header.length)
            return try Packet(header: header, body: body)
        } catch {
            self.failure = error
            self.buffer = ByteBuffer()
            throw error
        }
    }

    /// Lets go of a read buffer of which little or nothing is left, and makes room for the packet that is to come.
    private mutating func keepRest(packetSize: Int) {
        let rest = self.buffer.readableBytes
        if rest == 0 {
            self.buffer = ByteBuffer()
        } else if rest < self.buffer.storageCapacity / 2 || packetSize > self.buffer.storageCapacity {
            var copy = ByteBuffer()
            // Room grows with what arrived, not with what a header promised.
            copy.reserveCapacity(min(packetSize, max(2 * rest, 64)))
            copy.writeImmutableBuffer(self.buffer)
            self.buffer = copy
        }
    }
}
