import AsyncHTTPClient
import CoreMetrics
import DeviceHub
import DeviceRegistry
import EventLog
import FoundationEssentials
import GatewayAPI
import HubProtocol
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Synchronization
import TelemetryModel
import Testing

/// A real API on a free loopback port, over a real registry and a real log in a temporary folder.
struct APIFixture: Sendable {
    /// The time of day of every test; tokens and stamps are made for it.
    static let noon = Timestamp(milliseconds: 1_795_262_400_000)  // 2026-11-21T12:00:00Z
    static let hubNames = ["hub.example.org", "localhost"]

    let api: GatewayAPI
    /// The data folder.
    let folder: String
    let port: Int
    /// Of HTTPS, when the test asked for it.
    let securePort: Int?
    let sockets: EchoingSockets
    let log: EventLog
    let identities: SQLiteIdentityStore
    let hub: DeviceHub
    let jobs: FakeJobs
    let authority: FakeAuthority
    let configurations: FakeConfigurations
    let connections: RecordedConnections
    let policies: [ServicePolicy]
    let health: Mutable<HealthReport>
    let clock: Mutable<Timestamp>
    /// Stops the API and waits for its end.
    let stop: @Sendable () async throws -> Void

    /// A value tests change while the API reads it.
    final class Mutable<Value: Sendable>: Sendable {
        private let mutex: Mutex<Value>

        init(_ value: Value) {
            self.mutex = Mutex(value)
        }

        var value: Value {
            get { self.mutex.withLock { $0 } }
            set { self.mutex.withLock { $0 = newValue } }
        }
    }

    /// Runs `body` against an API of its own, then stops the API and checks that it ended cleanly.
    static func run(_ body: (APIFixture) async throws -> Void) async throws {
        try await APIFixture.run({ _ in }, body)
    }

    /// The same with a hub that writes into the API's log.
    static func runWithHubTopics(_ body: (APIFixture) async throws -> Void) async throws {
        try await APIFixture.run({ _ in }, hubSharesLog: true, body)
    }

    /// The same with one setting changed.
    static func run<Value>(
        _ setting: WritableKeyPath<APIConfiguration, Value>,
        _ value: Value,
        _ body: (APIFixture) async throws -> Void
    ) async throws {
        try await APIFixture.run({ $0[keyPath: setting] = value }, body)
    }

    /// The same with settings changed.
    ///
    /// - Parameters:
    ///   - change: of the settings.
    ///   - hubSharesLog: whether the hub writes into the API's log; else it has one of its own, so that a test sees only the
    ///     topics it makes.
    ///   - body: the test.
    /// - Throws: what the test throws.
    static func run(
        _ change: (inout APIConfiguration) -> Void,
        hubSharesLog: Bool = false,
        _ body: (APIFixture) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-api-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = APIFixture.quietLogger
        let clock = Mutable(APIFixture.noon)
        let health = Mutable(HealthReport())
        let connections = RecordedConnections()
        let policies = ServicePolicy.makeDefaults()
        let log = try EventLog(
            configuration: EventLog.Configuration(directory: folder.appending(path: "log").path),
            clock: { clock.value },
            logger: logger
        )
        let identities = try SQLiteIdentityStore(path: folder.appending(path: "registry.sqlite").path) { clock.value }
        let hubLog =
            try hubSharesLog
            ? log
            : EventLog(
                configuration: EventLog.Configuration(directory: folder.appending(path: "hub-log").path),
                clock: { clock.value },
                logger: logger
            )
        let hub = try APIFixture.hub(on: identities, hubLog, clock: clock)
        let jobs = FakeJobs()
        let authority = FakeAuthority()
        let configurations = FakeConfigurations()
        var configuration = APIConfiguration(http: .init(port: 0), hubNames: APIFixture.hubNames, version: "1.2.3")
        configuration.dataFolder = folder.path
        change(&configuration)
        let sockets = EchoingSockets()
        let api = GatewayAPI(
            configuration: configuration,
            log: log,
            identities: identities,
            hub: hub,
            jobs: jobs,
            configurations: configurations,
            provisioning: ProvisioningService(
                configuration: ProvisioningConfiguration(idScope: "weir", hubNames: APIFixture.hubNames),
                store: identities,
                now: { clock.value },
                logger: logger
            ),
            authority: authority,
            policies: policies,
            connections: connections,
            health: { health.value },
            metrics: { "weir_up 1\n" },
            webSockets: sockets,
            tls: try TestTLS.server(),
            group: .singletonMultiThreadedEventLoopGroup,
            now: { clock.value },
            metricsFactory: NOOPMetricsHandler.instance,
            logger: logger
        )
        let address = try await api.start()
        // Stopped from the last to the first.
        let services = ServiceGroup(services: [hub, api], logger: logger)
        let running = Task { try await services.run() }
        let fixture = APIFixture(
            api: api,
            folder: folder.path,
            port: address.http?.port ?? 0,
            securePort: address.https?.port,
            sockets: sockets,
            log: log,
            identities: identities,
            hub: hub,
            jobs: jobs,
            authority: authority,
            configurations: configurations,
            connections: connections,
            policies: policies,
            health: health,
            clock: clock,
            stop: {
                await services.triggerGracefulShutdown()
                try await running.value
            }
        )
        do {
            try await body(fixture)
        } catch {
            try await fixture.stop()
            throw error
        }
        try await fixture.stop()
        log.close()
        if !hubSharesLog { hubLog.close() }
        identities.close()
    }

    /// A real hub over a real registry.
    private static func hub(
        on identities: SQLiteIdentityStore,
        _ log: EventLog,
        clock: Mutable<Timestamp>
    ) throws -> DeviceHub {
        for topic in DeviceHub.topics { _ = try log.openTopic(topic) }
        return try DeviceHub(
            configuration: HubConfiguration(hubName: APIFixture.hubNames[0]),
            stores: HubStores(identities),
            log: log,
            clock: HubClock(now: { clock.value }),
            metrics: HubMetrics(factory: NOOPMetricsHandler.instance),
            logger: APIFixture.quietLogger
        )
    }

    /// Says critical things only.
    static let quietLogger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    /// Runs `body` against a second API over the same log and registry: what a gateway started anew knows.
    func withAnotherAPI(_ body: (APIFixture) async throws -> Void) async throws {
        var configuration = APIConfiguration(http: .init(port: 0), hubNames: APIFixture.hubNames, version: "1.2.3")
        configuration.importNoteReadings = 10
        let api = GatewayAPI(
            configuration: configuration,
            log: self.log,
            identities: self.identities,
            hub: self.hub,
            policies: self.policies,
            connections: self.connections,
            health: { HealthReport() },
            metrics: { "" },
            group: .singletonMultiThreadedEventLoopGroup,
            now: { [clock] in clock.value },
            metricsFactory: NOOPMetricsHandler.instance,
            logger: APIFixture.quietLogger
        )
        let port = try await api.start().http?.port ?? 0
        let fixture = APIFixture(
            api: api,
            folder: self.folder,
            port: port,
            securePort: nil,
            sockets: self.sockets,
            log: self.log,
            identities: self.identities,
            hub: self.hub,
            jobs: self.jobs,
            authority: self.authority,
            configurations: self.configurations,
            connections: self.connections,
            policies: self.policies,
            health: self.health,
            clock: self.clock,
            stop: { await api.stop() }
        )
        do {
            try await body(fixture)
        } catch {
            try await fixture.stop()
            throw error
        }
        try await fixture.stop()
    }

    /// An answer, read whole.
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: String

        /// The body as JSON.
        func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try JSONDecoder().decode(type, from: Data(self.body.utf8))
        }

        var errorCode: String? { self.headers.first(name: "iothub-errorcode") }
    }

    /// Sends a request as policy `iothubowner`, unless told otherwise.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: path and query as they go over the wire.
    ///   - headers: further ones.
    ///   - authorization: `nil` for none.
    ///   - body: sent as it is.
    /// - Returns: the answer.
    /// - Throws: when there is none within 20 s.
    func send(
        _ method: HTTPMethod,
        _ target: String,
        headers: HTTPHeaders = [:],
        authorization: String? = "owner",
        body: String? = nil
    ) async throws -> Answer {
        let response = try await self.open(method, target, headers: headers, authorization: authorization, body: body)
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: bytes))
    }

    /// Sends a request and returns when the answer begins.
    func open(
        _ method: HTTPMethod,
        _ target: String,
        headers: HTTPHeaders = [:],
        authorization: String? = "owner",
        body: String? = nil
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(self.port)\(target)")
        request.method = method
        request.headers = headers
        if let authorization {
            let value = authorization == "owner" ? self.token(policy: "iothubowner") : authorization
            request.headers.add(name: "Authorization", value: value)
        }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        return try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    }

    /// A service token.
    ///
    /// - Parameters:
    ///   - policy: its name.
    ///   - resource: what it is for.
    ///   - expiry: when it ends; an hour from noon.
    ///   - usesSecondary: which key signs.
    /// - Returns: the value of `Authorization`.
    func token(
        policy: String,
        resource: String = "hub.example.org",
        expiry: Timestamp = APIFixture.noon + .seconds(3_600),
        usesSecondary: Bool = false
    ) -> String {
        let found = self.policies.first { $0.name == policy }
        let key = usesSecondary ? found?.secondaryKey : found?.primaryKey
        return SASToken.make(
            resource: resource,
            key: key.flatMap(SASToken.keyBytes) ?? Array("no such policy".utf8),
            expiry: expiry,
            policy: policy
        )
    }
}
