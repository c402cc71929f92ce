package import EventLog
package import Logging
package import NIOCore
package import NIOPosix
import ServiceLifecycle
import Synchronization
package import TLSTransport
package import TelemetryModel

/// The Kafka endpoint: one node that speaks the subset of contract kafka, over the topics of the log.
///
/// - Produce is answered after the fdatasync that covers it; Fetch sends what is on the disk, not re-encoded.
/// - Offsets of groups are durable before they are answered or shown.
/// - What one client sends closes at most its own connection; what all of them may make the server hold is bounded.
///
/// Threads: connections live on the event loops of `group`, the groups on one of them; segments are read and topics made
/// on file threads; the log's writer threads hand each loop its outcomes in batches.
package final class KafkaServer: Service {
    /// Where the server listens; the ports are those in use when 0 was asked for.
    package struct Addresses: Equatable, Sendable {
        /// Without TLS.
        package var tcp: SocketAddress?
        /// With TLS.
        package var tls: SocketAddress?
    }

    private struct State {
        var hasStarted = false
        var hasStopped = false
        var endpoint: KafkaEndpoint?
        var listeners: [any Channel] = []
        var loops: [ObjectIdentifier: NIOLoopBound<KafkaLoop>] = [:]
    }

    private let configuration: Configuration
    private let log: EventLog
    private let authenticator: any KafkaAuthenticating
    private let tlsContexts: TLSContextSource?
    private let group: MultiThreadedEventLoopGroup
    private let clock: @Sendable () -> Timestamp
    private let metrics: KafkaMetrics
    private let logger: Logger
    private let files: NIOThreadPool
    private let state = Mutex(State())

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - configuration: addresses and bounds.
    ///   - log: the topics.
    ///   - authenticator: decides about credentials.
    ///   - tls: certificate and versions of the TLS listener. A client certificate that it asks for is not looked at.
    ///   - group: event loops of the connections; shut down by the caller after the server.
    ///   - clock: the wall clock.
    ///   - metrics: where metrics go.
    ///   - logger: for faults.
    package init(
        configuration: Configuration,
        log: EventLog,
        authenticator: any KafkaAuthenticating,
        tls: TLSContextSource?,
        group: MultiThreadedEventLoopGroup,
        clock: @escaping @Sendable () -> Timestamp = EventLog.wallClock,
        metrics: KafkaMetrics = KafkaMetrics(),
        logger: Logger
    ) {
        precondition(configuration.tls == nil || tls != nil, "a TLS listener needs a TLS context")
        self.configuration = configuration
        self.log = log
        self.authenticator = authenticator
        self.tlsContexts = tls
        self.group = group
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.files = NIOThreadPool(numberOfThreads: configuration.fileThreads)
    }

    /// Reads the groups' offsets and binds the listeners.
    ///
    /// Offsets that cannot be read keep the groups waiting, and nothing else: ``faults``.
    ///
    /// - Throws: ``KafkaStartError`` when an address or the state folder cannot be used; it then listens nowhere.
    package func start() async throws -> Addresses {
        let isFirst = self.state.withLock { state in !exchange(&state.hasStarted, with: true) }
        precondition(isFirst, "a Kafka server is started once")
        if let listener = self.configuration.tcp, self.configuration.authentication == .none,
            !AdvertisedHost.isLoopback(listener.host)
        {
            throw KafkaStartError(
                "kafka.host \(listener.host): without authentication (kafka.authentication none) only loopback is "
                    + "possible; set kafka.host to 127.0.0.1"
            )
        }
        self.files.start()
        do {
            let endpoint = try await self.open()
            var loops: [ObjectIdentifier: NIOLoopBound<KafkaLoop>] = [:]
            for eventLoop in self.group.makeIterator() {
                loops[ObjectIdentifier(eventLoop)] = try await eventLoop.submit {
                    NIOLoopBound(KafkaLoop(endpoint: endpoint, eventLoop: eventLoop), eventLoop: eventLoop)
                }.get()
            }
            self.state.withLock { state in
                state.endpoint = endpoint
                state.loops = loops
            }
            var addresses = Addresses()
            if let listener = self.configuration.tcp {
                addresses.tcp = try await self.listen(listener, loops: loops, tls: nil)
            }
            if let listener = self.configuration.tls {
                addresses.tls = try await self.listen(listener, loops: loops, tls: self.tlsContexts)
            }
            return addresses
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

    /// Stops: no new sockets, no further requests; answers those in work, then closes everything. Returns after
    /// `drainTimeout` at the latest; a second call does nothing.
    package func stop() async {
        let (listeners, loops, endpoint) = self.state.withLock { state in
            state.hasStopped = true
            return (
                exchange(&state.listeners, with: []), exchange(&state.loops, with: [:]),
                exchange(&state.endpoint, with: nil)
            )
        }
        for listener in listeners { try? await listener.close() }  // fails only when it is closed already
        let timeout = TimeAmount(self.configuration.drainTimeout)
        let drains = loops.values.map { loop in
            loop.eventLoop.flatSubmit { loop.value.drain(within: timeout) }
        }
        for drain in drains { try? await drain.get() }  // never fails
        await endpoint?.groups.stop()
        try? await self.files.shutdownGracefully()  // fails only when it was not started
    }

    /// Closes the connections that authenticated as one of these: their credentials, or what they may do, have changed.
    package func disconnect(principals names: [String]) {
        for loop in self.state.withLock({ Array($0.loops.values) }) {
            loop.eventLoop.execute {
                for name in names { loop.value.disconnect(principal: name) }
            }
        }
    }

    /// Sockets that are open.
    package var connectionCount: Int { self.state.withLock { $0.endpoint }?.sockets ?? 0 }

    /// What does not work although the server runs, and what to do: one sentence each. Cheap.
    package var faults: [String] {
        self.state.withLock { $0.endpoint }?.groups.fault.map { [$0] } ?? []
    }

    /// Bytes that requests and answers of all connections hold at the moment.
    package var bufferedBytes: Int {
        self.state.withLock { $0.endpoint }.map { $0.requestBytes.used + $0.answerBytes.used } ?? 0
    }

    private func open() async throws -> KafkaEndpoint {
        let directory = self.configuration.stateDirectory
        let now = self.clock().milliseconds
        let cluster: ClusterState
        do {
            let (state, wasDamaged) = try await self.files.runIfActive {
                try ClusterState.open(in: directory, files: PosixLogFiles(), at: now)
            }
            cluster = state
            if wasDamaged {
                self.logger.error(
                    "the Kafka cluster's state was damaged and is made anew: clients see another cluster id",
                    metadata: ["directory": "\(directory)"]
                )
            }
        } catch {
            throw KafkaStartError("the Kafka endpoint's folder \(directory) cannot be used: \(error)")
        }
        let groups = GroupService(
            configuration: self.configuration,
            log: self.log,
            eventLoop: self.group.next(),
            files: self.files,
            clock: self.clock,
            metrics: self.metrics,
            logger: self.logger
        )
        await groups.start()
        return KafkaEndpoint(
            configuration: self.configuration,
            log: self.log,
            authenticator: self.authenticator,
            cluster: cluster,
            groups: groups,
            files: self.files,
            metrics: self.metrics,
            logger: self.logger
        )
    }

    private func listen(
        _ listener: Listener,
        loops: [ObjectIdentifier: NIOLoopBound<KafkaLoop>],
        tls: TLSContextSource?
    ) async throws -> SocketAddress? {
        let requiresSASL = tls != nil || self.configuration.authentication == .sasl
        let bootstrap = ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: KafkaServer.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: KafkaServer.messagesPerRead)
            .childChannelOption(.writeBufferWaterMark, value: KafkaServer.waterMark)
            .childChannelInitializer { channel in
                guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else {
                    preconditionFailure("the group has event loops that it did not list")
                }
                return channel.eventLoop.makeCompletedFuture {
                    try KafkaServer.accept(
                        channel,
                        listener: listener,
                        requiresSASL: requiresSASL,
                        loop: loop.value,
                        tls: tls
                    )
                }
            }
        let channel: any Channel
        do {
            channel = try await bootstrap.bind(host: listener.host, port: listener.port).get()
        } catch {
            throw KafkaStartError(error, listener: listener, isTLS: tls != nil)
        }
        let isLate = self.state.withLock { state in
            if !state.hasStopped { state.listeners.append(channel) }
            return state.hasStopped
        }
        if isLate { try await channel.close() }
        return channel.localAddress
    }

    /// Connections that wait in the kernel to be accepted.
    private static let backlog: Int32 = 256
    /// Reads of a socket before the other sockets have theirs.
    private static let messagesPerRead: UInt = 4
    /// Bytes in the channel at which a client counts as one that does not read, and no more.
    private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 64 << 10, high: 128 << 10)
}
