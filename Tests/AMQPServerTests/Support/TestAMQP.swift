import AMQPProtocol
import AMQPServer
import Logging
import NIOCore
import NIOPosix
import ServerTestSupport

/// A server on a free port, with what a test sees of it.
struct TestAMQP: Sendable {
    let server: AMQPServer
    let sender = TestSender()
    let metrics = CountingMetrics(prefix: "weir_amqp_")
    let address: SocketAddress

    /// Starts a server with these changes of its configuration.
    static func start(_ change: (inout AMQPServer.Configuration) -> Void = { _ in }) async throws -> TestAMQP {
        var configuration = AMQPServer.Configuration(containerID: "hub", listener: ("127.0.0.1", 0))
        configuration.refusalDelay = .milliseconds(1)
        change(&configuration)
        return try await TestAMQP(configuration)
    }

    private init(_ configuration: AMQPServer.Configuration) async throws {
        self.server = AMQPServer(
            configuration: configuration,
            verifier: TestVerifier(),
            sender: self.sender,
            tls: try TestTLS.server(),
            group: MultiThreadedEventLoopGroup.singleton,
            clock: { TestVerifier.now },
            metrics: AMQPMetrics(factory: self.metrics),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        guard let address = try await self.server.start() else { preconditionFailure("the listener is on") }
        self.address = address
    }

    /// A client over TLS.
    func connect() async throws -> TestClient {
        try await TestClient.connect(to: self.address)
    }

    /// A port whose connections are WebSockets from their first byte; closed by the caller.
    func listenForWebSockets() async throws -> any Channel {
        let server = self.server
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                server.adopt(channel, remoteHost: "127.0.0.1")
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }
}
