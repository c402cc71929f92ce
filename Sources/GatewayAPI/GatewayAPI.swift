package import CoreMetrics
package import DeviceRegistry
package import EventLog
import Glibc
package import HubProtocol
import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import ServiceLifecycle
import Synchronization
package import TelemetryModel

/// The gateway's HTTP API: registry, log and status for operators and programs.
///
/// - ``start()`` binds and serves, ``run()`` waits; at graceful shutdown nothing new is accepted, requests in
///   progress are answered, followed streams end; who has not taken an answer in time is cut off.
/// - Handlers run off the event loops; database and file calls run on threads of their own.
/// - One client's connection, body, stream and patience are bounded by ``APIConfiguration``.
package final class GatewayAPI: Service {
    /// What runs between ``start()`` and the end of ``run()``.
    private typealias Serving = (task: Task<Void, any Error>, group: ServiceGroup)

    private let configuration: APIConfiguration
    private let responder: RouterResponder<APIContext>
    private let registry: BlockingPool
    private let files: BlockingPool
    private let group: any EventLoopGroup
    private let logger: Logger
    private let state = Mutex<Serving?>(nil)

    /// An API; nothing is bound yet.
    ///
    /// - Parameters:
    ///   - configuration: where it listens, and its limits.
    ///   - log: the topics it serves.
    ///   - identities: the registry it changes.
    ///   - policies: whose tokens open it.
    ///   - connections: the servers that devices connect to.
    ///   - health: what is wrong now; called for every `/healthz`, must not block.
    ///   - metrics: the page of `/metrics` in Prometheus text form; must not block.
    ///   - group: the event loops.
    ///   - now: wall time.
    ///   - metricsFactory: where answers are counted.
    ///   - logger: gets faults only.
    package init(
        configuration: APIConfiguration,
        log: EventLog,
        identities: any IdentityStore,
        policies: [ServicePolicy],
        connections: any ConnectionControlling,
        health: @escaping @Sendable () -> HealthReport,
        metrics: @escaping @Sendable () -> String,
        group: any EventLoopGroup,
        now: @escaping @Sendable () -> Timestamp,
        metricsFactory: any MetricsFactory = MetricsSystem.factory,
        logger: Logger
    ) {
        self.configuration = configuration
        self.group = group
        self.logger = logger
        self.registry = BlockingPool(threads: 1)
        self.files = BlockingPool(threads: 2)

        let counters = APICounters(factory: metricsFactory)
        let verifier = TokenVerifier(hubNames: configuration.hubNames, policies: policies)
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: AnswerMiddleware(counters: counters, logger: logger, now: now))
        func routes(for permissions: ServicePolicy.Permissions) -> RouterGroup<APIContext> {
            router.group().add(
                middleware: AuthorizationMiddleware(verifier: verifier, permissions: permissions, now: now)
            )
        }
        let observation: RouterGroup<APIContext> =
            configuration.isObservationAnonymous
            ? router.group() : routes(for: [.registryRead, .serviceConnect])

        DeviceRoutes(
            identities: identities,
            connections: connections,
            registry: self.registry,
            configuration: configuration
        ).add(to: routes(for: .registryRead), writing: routes(for: .registryWrite))
        TopicRoutes(
            log: log,
            files: self.files,
            counters: counters,
            configuration: configuration,
            now: now
        ).add(to: routes(for: .serviceConnect))
        HubRoutes(
            configuration: configuration,
            log: log,
            identities: identities,
            connections: connections,
            registry: self.registry,
            health: health,
            metrics: metrics,
            now: now,
            started: now()
        ).add(to: observation, reading: routes(for: [.registryRead, .serviceConnect]))
        self.responder = router.buildResponder()
    }

    /// Binds and serves.
    ///
    /// - Returns: The address bound, with the port that was picked for 0.
    /// - Throws: `APIStartError` when the address cannot be bound.
    package func start() async throws(APIStartError) -> SocketAddress {
        let (bound, source) = AsyncStream<SocketAddress>.makeStream()
        let application = self.application { channel in
            if let address = channel.localAddress { source.yield(address) }
            source.finish()
        }
        let services = ServiceGroup(configuration: .init(services: [application], logger: self.quietLogger))
        self.registry.start()
        self.files.start()
        let task = Task {
            defer { source.finish() }
            try await services.run()
        }
        self.state.withLock { $0 = (task, services) }
        var addresses = bound.makeAsyncIterator()
        if let address = await addresses.next() { return address }
        do {
            try await self.finish(task)
            throw APIStartError("the API ended before it listened")
        } catch let error as APIStartError {
            throw error
        } catch {
            throw self.sentence(for: error)
        }
    }

    /// Serves until graceful shutdown, then drains and returns. Starts first when ``start()`` was not called.
    package func run() async throws {
        if self.serving == nil { _ = try await self.start() }
        guard let (task, group) = self.serving else { return }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                do {
                    try await self.finish(task)
                } catch is CancellationError where !Task.isCancelled {
                    self.logger.warning("API: clients that did not take their answers in time were cut off")
                }
            } onGracefulShutdown: {
                Task { await group.triggerGracefulShutdown() }
                Task { [drainTimeout = self.configuration.drainTimeout] in
                    try await Task.sleep(for: drainTimeout)
                    task.cancel()
                }
            }
        } onCancel: {
            task.cancel()
        }
    }

    /// Ends an API that was started and will not be run.
    package func stop() async {
        guard let (task, group) = self.serving else { return }
        await group.triggerGracefulShutdown()
        try? await self.finish(task)  // the caller has an error of its own to tell
    }

    private var serving: Serving? { self.state.withLock { $0 } }

    private func finish(_ task: Task<Void, any Error>) async throws {
        let result = await task.result
        try await self.registry.stop()
        try await self.files.stop()
        try result.get()
    }

    private func application(
        onRunning: @escaping @Sendable (any Channel) async -> Void
    ) -> some ApplicationProtocol {
        let limits = self.configuration
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = 16 << 10
        decoder.maxHeaderListSize = 32 << 10
        decoder.maxHeaderFieldCount = 100
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                ConnectionDeadlinesHandler(
                    ConnectionDeadlines(requestTimeout: limits.requestTimeout, stallTimeout: limits.stallTimeout)
                )
            ],
            idleTimeout: TimeAmount(limits.idleTimeout),
            httpDecoderConfiguration: decoder
        )
        return Application(
            responder: self.responder,
            server: .http1(configuration: channel),
            configuration: ApplicationConfiguration(
                address: .hostname(limits.host, port: limits.port),
                serverName: "weir",
                availableConnectionsDelegate: .maximum(limits.connectionsMax, logger: self.quietLogger)
            ),
            onServerRunning: onRunning,
            eventLoopGroupProvider: .shared(self.group),
            logger: self.quietLogger
        )
    }

    /// The library's own messages matter only when they warn.
    private var quietLogger: Logger {
        var logger = self.logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }

    private func sentence(for error: any Error) -> APIStartError {
        let address = "\(self.configuration.host):\(self.configuration.port)"
        let reason = (error as? IOError)?.errnoCode
        switch reason {
        case EADDRINUSE:
            return APIStartError("http.port \(self.configuration.port): another program listens at \(address) already")
        case EACCES:
            return APIStartError("http.port \(self.configuration.port): only root may listen at \(address)")
        case EADDRNOTAVAIL:
            return APIStartError("http.host \(self.configuration.host): this machine has no such address")
        default:
            return APIStartError("the API cannot listen at \(address): \(error)")
        }
    }
}
