import KafkaProtocol
import NIOCore
import NIOPosix
import NIOSSL
import ServerTestSupport
import Synchronization

/// A client that sends what the test says and hands over the frames that come back.
final class KafkaClient: Sendable {
    struct Closed: Error {}

    private let channel: any Channel
    private let frames: Mailbox<ByteBuffer?>
    private let correlation = Mutex<Int32>(0)

    private init(channel: any Channel, frames: Mailbox<ByteBuffer?>) {
        self.channel = channel
        self.frames = frames
    }

    /// Connects, with TLS when a context is given. A small receive buffer is for a client that does not read.
    static func open(
        _ address: SocketAddress,
        tls: NIOSSLContext? = nil,
        receiveBufferBytes: Int? = nil
    ) async throws -> KafkaClient {
        let frames = Mailbox<ByteBuffer?>("an answer of the server")
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(20))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(Receiver(frames: frames))
                }
            }
        if let receiveBufferBytes {
            bootstrap = bootstrap.channelOption(
                .socketOption(.so_rcvbuf),
                value: ChannelOptions.Types.SocketOption.Value(receiveBufferBytes)
            )
        }
        return KafkaClient(channel: try await bootstrap.connect(to: address).get(), frames: frames)
    }

    /// Sends a request and returns its correlation id; the answer comes in its turn.
    @discardableResult
    func send(_ key: APIKey, _ version: Int16, _ body: ByteBuffer = ByteBuffer()) async throws -> Int32 {
        let id = self.correlation.withLock { id in
            id += 1
            return id
        }
        var frame = ByteBuffer()
        frame.writeInteger(Int32(0))
        frame.writeInteger(key.rawValue)
        frame.writeInteger(version)
        frame.writeInteger(id)
        frame.writeText("test")
        if key == .apiVersions, version >= 3 { frame.writeInteger(UInt8(0)) }
        frame.writeImmutableBuffer(body)
        frame.setInteger(Int32(frame.readableBytes - 4), at: 0)
        try await self.channel.writeAndFlush(frame)
        return id
    }

    /// Sends bytes, whatever they are; a server that closes meanwhile is no fault of the test.
    func send(bytes: ByteBuffer) async {
        try? await self.channel.writeAndFlush(bytes)
    }

    /// The next frame without its length: correlation id and body. Throws ``Closed`` at the end.
    func next() async throws -> ByteBuffer {
        guard let frame = try await self.frames.next() else { throw Closed() }
        return frame
    }

    /// Whether the server has closed, with nothing sent before.
    func isClosed() async throws -> Bool {
        try await self.frames.next() == nil
    }

    /// Sends a request and returns the body of its answer.
    func call(_ key: APIKey, _ version: Int16, _ body: ByteBuffer = ByteBuffer()) async throws -> ByteBuffer {
        let id = try await self.send(key, version, body)
        var frame = try await self.next()
        guard frame.readInteger(as: Int32.self) == id else { throw Closed() }
        return frame
    }

    /// SASL PLAIN; returns the error code.
    @discardableResult
    func login(_ user: String, _ password: String) async throws -> Int16 {
        var handshake = ByteBuffer()
        handshake.writeText("PLAIN")
        _ = try await self.call(.saslHandshake, 1, handshake)
        return try await self.authenticate(Array("\0\(user)\0\(password)".utf8)).error
    }

    /// One SaslAuthenticate.
    func authenticate(_ token: [UInt8]) async throws -> (error: Int16, token: [UInt8]) {
        var body = ByteBuffer()
        body.writeInteger(Int32(token.count))
        body.writeBytes(token)
        var answer = try await self.call(.saslAuthenticate, 1, body)
        let error = answer.readInteger(as: Int16.self) ?? -2
        _ = answer.readText()
        let length = answer.readInteger(as: Int32.self) ?? 0
        return (error, answer.readBytes(length: Int(length)) ?? [])
    }

    /// Stops or starts reading from the socket.
    func setReading(_ isReading: Bool) async throws {
        try await self.channel.setOption(.autoRead, value: isReading).get()
    }

    /// Closes; the server may have been quicker.
    func close() async {
        try? await self.channel.close()
    }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let frames: Mailbox<ByteBuffer?>
        private var decoder = KafkaFrameDecoder(frameBytesMax: 256 << 20)

        init(frames: Mailbox<ByteBuffer?>) {
            self.frames = frames
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.decoder.append(self.unwrapInboundIn(data))
            do {
                while let frame = try self.decoder.next() { self.frames.push(frame) }
            } catch {
                context.close(promise: nil)
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.frames.push(nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
