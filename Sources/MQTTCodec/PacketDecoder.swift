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
    /// The version packets are read as: 3.1.1 until a CONNECT says otherwise; a client's side sets it itself.
    package var version = MQTTVersion.v311
    private let sender: PacketSender?
    @usableFromInline var buffer = ByteBuffer()
    private var failure: PacketError?

    /// A decoder at the start of a stream; with a `sender` it refuses what that side may not say.
    package init(packetSizeMax: Int, sender: PacketSender? = nil) {
        self.packetSizeMax = packetSizeMax
        self.sender = sender
    }

    /// Bytes received and not yet returned in packets. Inlinable, since a call would take a copy of the decoder.
    @inlinable package var bufferedBytes: Int { self.buffer.readableBytes }

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
            switch try self.lookAhead() {
            case .incomplete(let packetSize):
                self.keepRest(packetSize: packetSize)
                return nil
            case .publish(let header, let layout):
                return .publish(try PublishPacket(header, layout, from: &self.buffer, sender: self.sender))
            case .other(let header):
                guard var body = self.buffer.readSlice(length: header.packetSize) else { return nil }
                body.moveReaderIndex(forwardBy: header.length)
                let packet = try Packet(header: header, body: body, version: self.version, sender: self.sender)
                if case .connect(let connect) = packet, let version = connect.version { self.version = version }
                return packet
            }
        } catch {
            self.failure = error
            self.buffer = ByteBuffer()
            throw error
        }
    }

    /// What the buffer begins with.
    private enum LookAhead {
        /// Part of a packet; its size as far as it is known.
        case incomplete(packetSize: Int)
        case publish(FixedHeader, PublishLayout)
        case other(FixedHeader)
    }

    private func lookAhead() throws(PacketError) -> LookAhead {
        let bytes = self.buffer.readableBytesSpan
        guard let header = try FixedHeader.read(bytes) else { return .incomplete(packetSize: FixedHeader.lengthMax) }
        guard header.type != .auth || self.version == .v5 else { throw PacketError(.malformedFixedHeader, at: 0) }
        guard header.packetSize <= self.packetSizeMax else {
            throw PacketError(.packetTooLarge(limit: self.packetSizeMax), at: 1)
        }
        guard header.packetSize <= bytes.byteCount else { return .incomplete(packetSize: header.packetSize) }
        guard header.type == .publish else { return .other(header) }
        return .publish(header, try PublishLayout(bytes, header: header, version: self.version))
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
