import CoreMetrics
package import EventLog
package import Logging
package import NIOCore
package import NIOPosix
import ServiceLifecycle
import Synchronization
package import TLSTransport
package import TelemetryModel

/// The MQTT 3.1.1 and 5.0 endpoint: connections in, telemetry into one topic of the log, all else to the broker.
///
/// - PUBACK and PUBREC follow the fdatasync that covers their message, never before.
/// - What one client sends closes at most its own connection.
/// - A graceful shutdown acknowledges what was taken, then closes.
///
/// Threads: connections live on the event loops of `group`, each on one; authentication and the session store are
/// called in tasks off the loops; the log's writer thread hands every loop its acknowledgements once per commit.
package final class MQTTServer: Service {
    /// Where the server listens; the ports are those in use when 0 was asked for.
    package struct Addresses: Equatable, Sendable {
        /// MQTT over TCP.
        package var tcp: SocketAddress?
        /// MQTT over TLS.
        package var tls: SocketAddress?
    }

    private struct State {
        var hasStarted = false
        var hasStopped = false
        var listeners: [any Channel] = []
        var loops: [ObjectIdentifier: NIOLoopBound<IngestLoop>] = [:]
        /// The last change of permissions whose sessions are judged.
        var judging: Task<Void, Never>?
    }

    let endpoint: Endpoint
    private let tlsContexts: TLSContextSource?
    private let group: MultiThreadedEventLoopGroup
    private let state = Mutex(State())

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - configuration: addresses and bounds.
    ///   - topic: takes the telemetry.
    ///   - broker: takes the messages of ordinary topics, and keeps sessions.
    ///   - authenticator: decides about every CONNECT.
    ///   - ingesting: makes telemetry of messages of ordinary topics; `nil` = of none.
    ///   - deadLetters: takes what `ingesting` cannot read, before it is acknowledged; `nil` = it is only counted.
    ///   - numbers: the numbered readings that are in the log, by which repeats are dropped; `nil` = all is stored.
    ///   - observer: hears of connections.
    ///   - hub: answers requests on the hub's topics; `nil` = they close the connection.
    ///   - provisioning: answers devices that register; `nil` = their requests close the connection.
    ///   - tls: certificate and versions of the TLS listener, for each new connection. When it asks for client certificates, every one is let
    ///     through, whoever signed it, and handed to the authenticator. Its `shutdownTimeout` bounds how long a client that does
    ///     not answer can hold a socket after the server closed it.
    ///   - group: event loops of the connections; shut down by the caller after the server.
    ///   - metrics: where metrics go.
    ///   - logger: for faults.
    package init(
        configuration: Configuration,
        topic: LogTopic,
        broker: Broker,
        authenticator: any ConnectionAuthenticating,
        ingesting: (any MessageIngesting)? = nil,
        deadLetters: LogTopic? = nil,
        numbers: ReceivedNumbers? = nil,
        observer: any ConnectionObserving,
        hub: (any HubServing)? = nil,
        provisioning: (any RegistrationServing)? = nil,
        tls: TLSContextSource?,
        group: MultiThreadedEventLoopGroup,
        metrics: MQTTMetrics = MQTTMetrics(),
        logger: Logger
    ) {
        precondition(configuration.tls == nil || tls != nil, "a TLS listener needs a TLS context")
        self.endpoint = Endpoint(
            configuration: configuration,
            topic: topic,
            broker: broker,
            authenticator: authenticator,
            ingesting: ingesting,
            deadLetters: deadLetters,
            numbers: numbers,
            observer: observer,
            hub: hub,
            provisioning: provisioning,
            metrics: metrics,
            logger: logger
        )
        self.tlsContexts = tls
        self.group = group
    }

    /// Binds the listeners; throws `MQTTStartError` when an address cannot be used, and then listens nowhere.
    package func start() async throws -> Addresses {
        let isFirst = self.state.withLock { state in !exchange(&state.hasStarted, with: true) }
        precondition(isFirst, "an MQTT server is started once")
        var loops: [ObjectIdentifier: NIOLoopBound<IngestLoop>] = [:]
        for eventLoop in self.group.makeIterator() {
            let endpoint = self.endpoint
            loops[ObjectIdentifier(eventLoop)] = try await eventLoop.submit {
                NIOLoopBound(IngestLoop(endpoint: endpoint, eventLoop: eventLoop), eventLoop: eventLoop)
            }.get()
        }
        self.state.withLock { $0.loops = loops }
        var addresses = Addresses()
        do {
            if let listener = self.endpoint.configuration.tcp {
                addresses.tcp = try await self.listen(listener, loops: loops, tls: nil)
            }
            if let listener = self.endpoint.configuration.tls {
                addresses.tls = try await self.listen(listener, loops: loops, tls: self.tlsContexts)
            }
        } catch {
            await self.stop()
            throw error
        }
        return addresses
    }

    /// Waits for the graceful shutdown, or for cancellation, and drains. Starts the server when that was not done.
    package func run() async throws {
        if !self.state.withLock({ $0.hasStarted }) { _ = try await self.start() }
        try? await gracefulShutdown()  // throws on cancellation only, which stops the server just the same
        await self.stop()
    }

    /// Stops: no new sockets, no further reads; acknowledges what was taken, then closes everything. Returns after
    /// `drainTimeout` at the latest; a second call does nothing.
    package func stop() async {
        self.endpoint.stopAccepting()
        let (listeners, loops) = self.state.withLock { state in
            state.hasStopped = true
            return (exchange(&state.listeners, with: []), exchange(&state.loops, with: [:]))
        }
        for listener in listeners { try? await listener.close() }  // fails only when it is closed already
        let timeout = TimeAmount(self.endpoint.configuration.drainTimeout)
        let drains = loops.values.map { loop in
            loop.eventLoop.flatSubmit { loop.value.drain(within: timeout) }
        }
        for drain in drains { try? await drain.get() }  // never fails
    }

    /// From now on every CONNECT gets code 3; accepted connections stay.
    package func stopAccepting() {
        self.endpoint.stopAccepting()
    }

    /// Closes the connections of an identity, and with a device's those of its modules; see ``disconnect(_:reason:)``.
    package func disconnect(identity: IdentityID, reason: CloseReason = .administrative) {
        self.disconnect(.identity(identity), reason: reason)
    }

    /// Closes the connections of a principal. Its CONNECTs whose decision is awaited get code 3: the decision may rest on
    /// what was true before. Its sessions are judged again: they lose what it may not do any more.
    package func disconnect(_ principal: Principal, reason: CloseReason = .administrative) {
        self.close(principal, reason)
        let endpoint = self.endpoint
        self.state.withLock { state in
            // One after the other, so that what was read last counts.
            let previous = state.judging
            state.judging = Task {
                await previous?.value
                guard let permissions = await endpoint.authenticator.permissions(of: principal) else { return }
                endpoint.broker.judgeSessions(of: principal, by: permissions)
            }
        }
    }

    /// Closes the connections of a principal that another key or certificate opened than these; the others stay.
    ///
    /// - Parameters:
    ///   - principal: whose keys or certificates were changed.
    ///   - credentials: marks of those it has now; see ``AcceptedConnection/credential``.
    package func disconnect(_ principal: Principal, keeping credentials: Set<Int>) {
        for entry in self.endpoint.connections.revoke(principal, keeping: credentials) { entry.close(.administrative) }
    }

    /// Closes the connections that these client certificates opened, whosever they are. CONNECTs by them whose decision is
    /// awaited get code 3.
    ///
    /// - Parameter certificates: marks as ``AcceptedConnection/certificate`` has them.
    package func disconnect(certificates: Set<Int>) {
        for entry in self.endpoint.connections.revoke(certificates: certificates) { entry.close(.administrative) }
    }

    private func close(_ principal: Principal, _ reason: CloseReason) {
        for entry in self.endpoint.connections.revoke(principal) { entry.close(reason) }
    }

    /// Closes the connections of principals that were deleted and ends their sessions: whoever is given such a name later
    /// gets none of their messages, and its readings are not taken for theirs.
    package func forget(_ principals: [Principal], reason: CloseReason = .administrative) {
        let names = principals.compactMap { $0.identity?.description }
        self.endpoint.numbers?.beginDeletion(of: names)
        for principal in principals { self.close(principal, reason) }
        self.endpoint.broker.endSessions(of: principals)
        if let numbers = self.endpoint.numbers, !names.isEmpty {
            self.whenLoopsPassed { numbers.endDeletion(of: names) }
        }
    }

    /// Calls `body` when every event loop has done what it was given until now, such as to close connections.
    private func whenLoopsPassed(_ body: @escaping @Sendable () -> Void) {
        let eventLoops = self.state.withLock { $0.loops.values.map(\.eventLoop) }
        // Not started, or stopped: there are no connections.
        guard let first = eventLoops.first else { return body() }
        EventLoopFuture.andAllComplete(eventLoops.map { $0.submit {} }, on: first).whenComplete { _ in body() }
    }

    /// Accepted connections.
    package var connectionCount: Int { self.endpoint.connections.count }

    /// Whether the identity itself, not only one of its modules, has an accepted connection.
    package func isConnected(_ identity: IdentityID) -> Bool {
        self.isConnected(.identity(identity))
    }

    /// Whether a principal has an accepted connection.
    package func isConnected(_ principal: Principal) -> Bool {
        self.endpoint.connections.contains(principal)
    }

    /// Sockets, with those before CONNECT.
    package var socketCount: Int { self.endpoint.connections.sockets }

    /// The accepted connections, in no order.
    package func connections() -> [ConnectionEvent] {
        self.endpoint.connections.events
    }

    /// The part of an event loop of the group; `nil` before the start and after the stop.
    func ingestLoop(of eventLoop: any EventLoop) -> IngestLoop? {
        self.state.withLock { $0.loops[ObjectIdentifier(eventLoop)] }?.value
    }

    private func listen(
        _ listener: Listener,
        loops: [ObjectIdentifier: NIOLoopBound<IngestLoop>],
        tls: TLSContextSource?
    ) async throws -> SocketAddress? {
        let endpoint = self.endpoint
        let bootstrap = ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: Int32(endpoint.configuration.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.tcpOption(MQTTServer.unsentLimit), value: endpoint.configuration.unsentBytesMax)
            .childChannelOption(.maxMessagesPerRead, value: MQTTServer.messagesPerRead)
            .childChannelOption(.writeBufferWaterMark, value: MQTTServer.waterMark)
            .childChannelInitializer { channel in
                guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else {
                    preconditionFailure("the group has event loops that it did not list")
                }
                return channel.eventLoop.makeCompletedFuture {
                    try MQTTServer.accept(channel, loop: loop.value, tls: tls)
                }
            }
        let channel: any Channel
        do {
            channel = try await bootstrap.bind(host: listener.host, port: listener.port).get()
        } catch {
            throw MQTTStartError(error, listener: listener, isTLS: tls != nil)
        }
        let isLate = self.state.withLock { state in
            if !state.hasStopped { state.listeners.append(channel) }
            return state.hasStopped
        }
        if isLate { try await channel.close() }
        return channel.localAddress
    }

    /// `127.0.0.1:49152`, `[::1]:49152`.
    static func text(_ address: SocketAddress?) -> String {
        guard let host = address?.ipAddress, let port = address?.port else { return "" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Reads of a socket before the other sockets have theirs.
    static let messagesPerRead: UInt = 2
    /// Bytes in the channel at which a client counts as one that does not read, and no more.
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 16 << 10, high: 32 << 10)

    /// TCP_NOTSENT_LOWAT: the kernel takes no more while this many bytes wait to be sent, instead of the megabytes that a
    /// client which does not read could make it hold. Source: Linux tcp(7).
    static let unsentLimit = NIOBSDSocket.Option(rawValue: 25)
}
