import Glibc
import MQTTCodec
import NIOCore

/// The socket of a connection without TLS and WebSocket, for bytes that need not wait in the channel's queue.
///
/// One call of the kernel instead of the channel's write, flush and queue: the acknowledgement of a connection with one
/// message in flight is all that a commit writes to it. Whoever uses it makes sure that the channel is active, on its
/// event loop, and that nothing waits in its queue, so order and life of the socket stay the channel's.
struct DirectSocket {
    private let descriptor: NIOBSDSocket.Handle

    /// The channel's socket; `nil` when it has none.
    init?(_ channel: any Channel) {
        // Throws when the channel is closed: it has no socket any more.
        let transport = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
        guard let descriptor = transport.flatMap({ $0 }), descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    /// Sends as much as the kernel takes now and returns how much that is; 0 also on an error, which the channel's own
    /// write then meets.
    func send(_ bytes: ByteBuffer) -> Int {
        bytes.withUnsafeReadableBytes { self.send($0) }
    }

    /// Writes a PUBACK for each identifier, without memory but the stack's, and sends them; returns the bytes as ``send(_:)``.
    func sendPubacks(_ packetIDs: UnsafeBufferPointer<UInt16>) -> Int {
        let byteCount = packetIDs.count * PubackPacket.successSize
        return withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: PubackPacket.successSize) { bytes in
            PubackPacket.encode(packetIDs, into: bytes)
            return self.send(UnsafeRawBufferPointer(bytes))
        }
    }

    private func send(_ raw: UnsafeRawBufferPointer) -> Int {
        max(0, Glibc.send(self.descriptor, raw.baseAddress, raw.count, DirectSocket.flags))
    }

    private static let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
}
