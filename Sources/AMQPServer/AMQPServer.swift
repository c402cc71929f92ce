import AMQPProtocol
package import Logging
package import NIOCore
package import NIOPosix
import ServiceLifecycle
import Synchronization
package import TLSTransport
package import TelemetryModel

/// The AMQP 1.0 endpoint: services send messages to devices, over TLS or a WebSocket. Contract iothub-rest §6.
///
/// - A message is *accepted* when ``CloudToDeviceSending`` says so, one of a connection after the other.
/// - What one client sends closes at most its own connection; connections and what each holds are bounded.
///
/// Threads: connections live on the event loops of `group`; tokens are verified and messages sent in tasks.
package final class AMQPServer: Service {
    private struct State {
        var hasStarted = false
        var hasStopped = false
        var listener: (any Channel)?
        var loops: [ObjectIdentifier: NIOLoopBound<AMQPLoop>] = [:]
    }

    private let endpoint: AMQPEndpoint
    private let tlsContexts: TLSContextSource?
    private let group: MultiThreadedEventLoopGroup
    private let state = Mutex(State())

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - configuration: address and bounds.
    ///   - verifier: decides about tokens.
    ///   - sender: takes the messages.
    ///   - tls: certificate and versions of the listener. A client certificate that it asks for is not looked at.
    ///   - group: event loops of the connections; shut down by the caller after the server.
    ///   - clock: the wall clock.
    ///   - metrics: where metrics go.
    ///   - logger: for faults.
    package init(
        configuration: Configuration,
        verifier: any TokenVerifying,
        sender: any CloudToDeviceSending,
        tls: TLSContextSource?,
        group: MultiThreadedEventLoopGroup,
        clock: @escaping @Sendable () -> Timestamp,
        metrics: AMQPMetrics = AMQPMetrics(),
        logger: Logger
    ) {
        precondition(configuration.listener == nil || tls != nil, "the listener needs a TLS context")
        self.endpoint = AMQPEndpoint(
            configuration: configuration,
            verifier: verifier,
            sender: sender,
            clock: clock,
            metrics: metrics,
            logger: logger
        )
        self.tlsContexts = tls
        self.group = group
    }

    /// Binds the listener, if there is one, and takes WebSockets from now on.
    ///
    /// - Returns: where it listens, with the port in use when 0 was asked for.
    /// - Throws: ``AMQPStartError`` when the address cannot be used; it then serves nobody.
    package func start() async throws -> SocketAddress? {
        let isFirst = self.state.withLock { state in !exchange(&state.hasStarted, with: true) }
        precondition(isFirst, "an AMQP server is started once")
        let endpoint = self.endpoint
        var loops: [ObjectIdentifier: NIOLoopBound<AMQPLoop>] = [:]
        for eventLoop in self.group.makeIterator() {
            loops[ObjectIdentifier(eventLoop)] = try await eventLoop.submit {
                NIOLoopBound(AMQPLoop(endpoint: endpoint, eventLoop: eventLoop), eventLoop: eventLoop)
            }.get()
        }
        self.state.withLock { $0.loops = loops }
        guard let listener = self.endpoint.configuration.listener, let tls = self.tlsContexts else { return nil }
        do {
            return try await self.listen(listener, loops: loops, tls: tls)
        } catch {
            await self.stop()
            throw error
        }
    }

    /// Waits for the graceful shutdown, or for cancellation, and drains. Starts the server when that was not done.
    package func run() async throws {
        if !self.state.withLock({ $0.hasStarted }) { _ = try await self.start() }
        try? await gracefulShutdown()  // throws on cancellation only, which stops the server just the same
        await self.stop()
    }

    /// Stops: no new sockets, no further messages; settles those in work, then closes everything. Returns after
    /// `drainTimeout` at the latest; a second call does nothing.
    package func stop() async {
        let (listener, loops) = self.state.withLock { state in
            state.hasStopped = true
            return (exchange(&state.listener, with: nil), exchange(&state.loops, with: [:]))
        }
        try? await listener?.close()  // fails only when it is closed already
        let timeout = TimeAmount(self.endpoint.configuration.drainTimeout)
        let drains = loops.values.map { loop in
            loop.eventLoop.flatSubmit { loop.value.drain(within: timeout) }
        }
        for drain in drains { try? await drain.get() }  // never fails
    }

    /// Closes the connections whose token is of one of these policies: its keys, or what it permits, have changed.
    package func disconnect(principals names: [String]) {
        for loop in self.state.withLock({ Array($0.loops.values) }) {
            loop.eventLoop.execute {
                for name in names { loop.value.disconnect(principal: name) }
            }
        }
    }

    /// Sockets that are open.
    package var connectionCount: Int { self.endpoint.sockets }

    /// Takes over a channel whose client asked for a WebSocket with the subprotocol `AMQPWSB10` and got it.
    ///
    /// Call on the channel's event loop, which is one of the server's group, when the HTTP handlers are gone. A server
    /// that does not serve, or has too many sockets, closes the channel.
    /// - Parameters:
    ///   - channel: from now on the server's to close.
    ///   - remoteHost: the peer's address, for display.
    package func adopt(_ channel: any Channel, remoteHost: String) {
        guard let loop = self.state.withLock({ $0.loops[ObjectIdentifier(channel.eventLoop)] }) else {
            return channel.close(promise: nil)
        }
        AMQPServer.adopt(channel, remoteHost: remoteHost, loop: loop.value)
    }

    private func listen(
        _ listener: (host: String, port: Int),
        loops: [ObjectIdentifier: NIOLoopBound<AMQPLoop>],
        tls: TLSContextSource
    ) async throws -> SocketAddress? {
        let bootstrap = ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: AMQPServer.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else {
                    preconditionFailure("the group has event loops that it did not list")
                }
                return channel.eventLoop.makeCompletedFuture {
                    try AMQPServer.accept(channel, loop: loop.value, tls: tls)
                }
            }
        let channel: any Channel
        do {
            channel = try await bootstrap.bind(host: listener.host, port: listener.port).get()
        } catch {
            throw AMQPStartError(error, host: listener.host, port: listener.port)
        }
        let isLate = self.state.withLock { state in
            if !state.hasStopped { state.listener = channel }
            return state.hasStopped
        }
        if isLate { try await channel.close() }
        return channel.localAddress
    }

    /// Connections that wait in the kernel to be accepted.
    private static let backlog: Int32 = 128
}
