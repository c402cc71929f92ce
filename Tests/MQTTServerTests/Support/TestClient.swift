import MQTTCodec
import NIOCore
import NIOPosix
import NIOSSL
import ServerTestSupport

/// A client that sends what the test says and hands over what comes back.
struct TestClient: Sendable {
    /// What came from the server.
    enum Event: Equatable, Sendable {
        case packet(Packet)
        case closed
    }

    let version: MQTTVersion
    private let channel: any Channel
    private let events: Mailbox<Event>

    /// Connects, with TLS when a context is given; no CONNECT is sent. A small receive buffer is for a client that does
    /// not read.
    static func open(
        _ address: SocketAddress,
        version: MQTTVersion = .v311,
        tls: NIOSSLContext? = nil,
        receiveBufferBytes: Int? = nil
    ) async throws -> TestClient {
        let events = Mailbox<Event>("an answer of the server")
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(20))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(Receiver(events: events, version: version))
                }
            }
        if let receiveBufferBytes {
            bootstrap = bootstrap.channelOption(
                .socketOption(.so_rcvbuf),
                value: ChannelOptions.Types.SocketOption.Value(receiveBufferBytes)
            )
        }
        return TestClient(
            version: version,
            channel: try await bootstrap.connect(to: address).get(),
            events: events
        )
    }

    /// Sends packets in one write.
    func send(_ packets: Packet...) async throws {
        var bytes = ByteBuffer()
        for packet in packets { try packet.encode(into: &bytes, version: self.version) }
        try await self.channel.writeAndFlush(bytes)
    }

    /// Sends bytes, whatever they are; a server that closes meanwhile is no fault of the test.
    func send(bytes: ByteBuffer) async {
        try? await self.channel.writeAndFlush(bytes)
    }

    /// The next packet or the end.
    func next() async throws -> Event {
        try await self.events.next()
    }

    /// Stops or starts reading from the socket.
    func setReading(_ isReading: Bool) async throws {
        try await self.channel.setOption(.autoRead, value: isReading).get()
    }

    func close() async throws {
        try await self.channel.close()
    }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let events: Mailbox<Event>
        private var decoder = PacketDecoder(packetSizeMax: 1 << 20, sender: .server)

        init(events: Mailbox<Event>, version: MQTTVersion) {
            self.events = events
            self.decoder.version = version
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.decoder.append(self.unwrapInboundIn(data))
            do {
                while let packet = try self.decoder.next() { self.events.push(.packet(packet)) }
            } catch {
                context.close(promise: nil)
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.events.push(.closed)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
