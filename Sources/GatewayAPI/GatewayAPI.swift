package import CoreMetrics
package import DeviceHub
package import DeviceRegistry
package import EventLog
import HTTPTypes
package import HubProtocol
import Hummingbird
package import Logging
package import NIOCore
import ServiceLifecycle
import Synchronization
package import TLSTransport
package import TelemetryModel

/// The gateway's HTTP API: registry, log and status for operators and programs.
///
/// - ``start()`` binds and serves, ``run()`` waits; at graceful shutdown nothing new is accepted, requests in
///   progress are answered, followed streams end; who has not taken an answer in time is cut off.
/// - Handlers run off the event loops; database and file calls run on threads of their own.
/// - One client's connection, body, stream and patience are bounded by ``APIConfiguration``.
/// - A connection whose first request upgrades to MQTT over WebSocket leaves the API: see ``WebSocketAccepting``.
package final class GatewayAPI: Service {
    /// Where the API listens; the ports are those in use when 0 was asked for.
    package struct Addresses: Equatable, Sendable {
        /// HTTP; `nil` when off.
        package var http: SocketAddress?
        /// HTTPS; `nil` when off.
        package var https: SocketAddress?
    }

    /// What runs between ``start()`` and the end of ``run()``.
    private typealias Serving = (task: Task<Void, any Error>, group: ServiceGroup)

    private let configuration: APIConfiguration
    /// Of the HTTP listener.
    private let responder: RouterResponder<APIContext>
    /// Of the HTTPS listener, where nothing is answered without a token.
    private let secureResponder: RouterResponder<APIContext>
    /// `GET /devices/:id` and so on, of the HTTPS listener.
    let routes: [String]
    private let tls: TLSContextSource?
    private let webSockets: (any WebSocketAccepting)?
    private let registry: BlockingPool
    private let files: BlockingPool
    private let hashing: BlockingPool
    private let group: any EventLoopGroup
    private let logger: Logger
    private let state = Mutex<Serving?>(nil)

    /// An API; nothing is bound yet.
    ///
    /// - Parameters:
    ///   - configuration: where it listens, and its limits.
    ///   - log: the topics it serves.
    ///   - identities: the registry it changes.
    ///   - hub: twins, methods, messages and queries.
    ///   - jobs: scheduled jobs; `nil` = the hub's.
    ///   - configurations: automatic device management; `nil` = the hub's.
    ///   - provisioning: enrollments; `nil` = answered 503.
    ///   - authority: the built-in CA; `nil` = answered 503.
    ///   - policies: whose tokens open it.
    ///   - connections: the servers that devices connect to.
    ///   - health: what is wrong now; called for every `/healthz`, must not block.
    ///   - metrics: the page of `/metrics` in Prometheus text form; must not block.
    ///   - webSockets: takes over connections that become MQTT over WebSocket; `nil` = refused.
    ///   - tls: certificate and versions of the HTTPS listener, for each new connection; asks for client certificates without demanding one.
    ///   - group: the event loops, which upgraded connections stay on.
    ///   - now: wall time.
    ///   - metricsFactory: where answers are counted.
    ///   - logger: gets faults only.
    package init(
        configuration: APIConfiguration,
        log: EventLog,
        identities: any IdentityStore,
        hub: DeviceHub,
        jobs: (any JobServing)? = nil,
        configurations: (any ConfigurationServing)? = nil,
        provisioning: ProvisioningService? = nil,
        authority: (any AuthorityServing)? = nil,
        policies: [ServicePolicy],
        connections: any ConnectionControlling,
        health: @escaping @Sendable () -> HealthReport,
        metrics: @escaping @Sendable () -> String,
        webSockets: (any WebSocketAccepting)? = nil,
        tls: TLSContextSource? = nil,
        group: any EventLoopGroup,
        now: @escaping @Sendable () -> Timestamp,
        metricsFactory: any MetricsFactory = MetricsSystem.factory,
        logger: Logger
    ) {
        precondition(configuration.https == nil || tls != nil, "an HTTPS listener needs a TLS context")
        self.configuration = configuration
        self.webSockets = webSockets
        self.tls = tls
        self.group = group
        self.logger = logger
        self.registry = BlockingPool(threads: 1)
        self.files = BlockingPool(threads: 2)
        self.hashing = BlockingPool(threads: PasswordHashing.threads)

        let counters = APICounters(factory: metricsFactory)
        let verifier = TokenVerifier(hubNames: configuration.hubNames, policies: policies)
        let devices = DeviceRoutes(
            identities: identities,
            changes: hub.identities,
            connections: connections,
            registry: self.registry,
            passwords: PasswordHashing(pool: self.hashing),
            configuration: configuration,
            links: hub.links,
            messageCount: { try hub.messages.waitingCount(of: $0) },
            changed: { hub.identityChanged($0) }
        )
        let applications = ApplicationRoutes(
            identities: identities,
            connections: connections,
            registry: self.registry,
            passwords: PasswordHashing(pool: self.hashing),
            configuration: configuration
        )
        let topics = TopicRoutes(
            log: log,
            files: self.files,
            counters: counters,
            configuration: configuration,
            now: now
        )
        let management = TopicManagement(log: log, files: self.files, configuration: configuration)
        let imports = ImportRoutes(
            log: log,
            ledger: ImportLedger(log: log, files: self.files, noteReadings: configuration.importNoteReadings),
            configuration: configuration
        )
        let check = LogCheckRoutes(log: log, files: self.files, counters: counters, configuration: configuration)
        let backup = BackupRoutes(
            log: log,
            identities: identities,
            files: self.files,
            configuration: configuration,
            now: now
        )
        let status = HubRoutes(
            configuration: configuration,
            log: log,
            identities: identities,
            connections: connections,
            registry: self.registry,
            idScope: provisioning?.configuration.idScope,
            health: health,
            metrics: metrics,
            now: now,
            started: now()
        )

        var table = RouteTable()
        devices.add(to: &table)
        ExportRoutes(identities: hub.identities, counters: counters, configuration: configuration).add(to: &table)
        TwinRoutes(twins: hub.twins, records: topics, configuration: configuration).add(to: &table)
        QueryRoutes(queries: hub.queries, configuration: configuration).add(to: &table)
        MethodRoutes(methods: hub.methods, configuration: configuration, now: now).add(to: &table)
        MessageRoutes(messages: hub.messages, configuration: configuration).add(to: &table)
        DigitalTwinRoutes(twins: hub.twins, methods: hub.methods, configuration: configuration, now: now)
            .add(to: &table)
        ConfigurationRoutes(service: configurations ?? hub.configurations, configuration: configuration).add(to: &table)
        JobRoutes(service: jobs ?? hub.jobs, configuration: configuration).add(to: &table)
        EnrollmentRoutes(service: provisioning, configuration: configuration).add(to: &table)
        CertificateRoutes(service: authority, configuration: configuration).add(to: &table)
        FileRoutes().add(to: &table)
        applications.add(to: &table)
        topics.add(to: &table)
        management.add(to: &table)
        imports.add(to: &table)
        check.add(to: &table)
        StreamQueryRoutes(log: log, files: self.files, counters: counters, configuration: configuration)
            .add(to: &table)
        backup.add(to: &table)
        status.add(to: &table)
        DocumentRoutes(version: configuration.version).add(to: &table)
        precondition(table.isComplete(for: APIOperation.all), "what is documented is what is served")
        let routes = table
        let throttle = RequestThrottle(perSecond: configuration.requestsPerSecondMax)

        /// The routes of one listener.
        func makeRouter(isObservationAnonymous: Bool) -> Router<APIContext> {
            let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
            router.add(middleware: AnswerMiddleware(counters: counters, logger: logger, now: now))
            routes.register(in: router, isObservationAnonymous: isObservationAnonymous) { access in
                AuthorizationMiddleware(verifier: verifier, throttle: throttle, permissions: access.needed, now: now)
            }
            WebSocketRoutes().add(to: router)
            return router
        }
        let secureRouter = makeRouter(isObservationAnonymous: false)
        self.routes = secureRouter.routes.map { "\($0.method.rawValue) \($0.path)" }
        self.responder = makeRouter(isObservationAnonymous: configuration.isObservationAnonymous).buildResponder()
        self.secureResponder = secureRouter.buildResponder()
    }

    /// Binds and serves.
    ///
    /// - Returns: The addresses bound, with the ports that were picked for 0.
    /// - Throws: `APIStartError` when an address cannot be bound; then nothing is.
    package func start() async throws(APIStartError) -> Addresses {
        let (bound, source) = AsyncStream<(isSecure: Bool, SocketAddress)>.makeStream()
        let listeners = self.listeners { source.yield(($0, $1)) }
        let services = ServiceGroup(configuration: .init(services: listeners, logger: self.quietLogger))
        self.registry.start()
        self.files.start()
        self.hashing.start()
        let task = Task {
            defer { source.finish() }
            try await services.run()
        }
        self.state.withLock { $0 = (task, services) }
        var addresses = Addresses()
        var missing = listeners.count
        for await (isSecure, address) in bound {
            if isSecure { addresses.https = address } else { addresses.http = address }
            missing -= 1
            if missing == 0 { return addresses }
        }
        do {
            try await self.finish(task)
            throw APIStartError("the API ended before it listened")
        } catch let error as APIStartError {
            throw error
        } catch {
            throw APIStartError("the API cannot start: \(error)")
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
        try await self.hashing.stop()
        try result.get()
    }

    private func listeners(
        onRunning: @escaping @Sendable (_ isSecure: Bool, SocketAddress) -> Void
    ) -> [APIListener] {
        func listener(at address: APIConfiguration.Listener, isSecure: Bool) -> APIListener {
            APIListener(
                section: isSecure ? "https" : "http",
                address: address,
                limits: self.configuration,
                tls: isSecure ? self.tls : nil,
                webSockets: self.webSockets,
                responder: isSecure ? self.secureResponder : self.responder,
                group: self.group,
                logger: self.quietLogger,
                onRunning: { onRunning(isSecure, $0) }
            )
        }
        return [
            self.configuration.http.map { listener(at: $0, isSecure: false) },
            self.configuration.https.map { listener(at: $0, isSecure: true) },
        ].compactMap { $0 }
    }

    /// The library's own messages matter only when they warn.
    private var quietLogger: Logger {
        var logger = self.logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}
