import AsyncHTTPClient
import CoreMetrics
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

    /// The data folder.
    let folder: String
    let port: Int
    /// Of HTTPS, when the test asked for it.
    let securePort: Int?
    let sockets: EchoingSockets
    let log: EventLog
    let identities: SQLiteIdentityStore
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

    /// The same with one setting changed.
    static func run<Value>(
        _ setting: WritableKeyPath<APIConfiguration, Value>,
        _ value: Value,
        _ body: (APIFixture) async throws -> Void
    ) async throws {
        try await APIFixture.run({ $0[keyPath: setting] = value }, body)
    }

    /// The same with settings changed.
    static func run(
        _ change: (inout APIConfiguration) -> Void,
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
        var configuration = APIConfiguration(http: .init(port: 0), hubNames: APIFixture.hubNames, version: "1.2.3")
        configuration.dataFolder = folder.path
        change(&configuration)
        let sockets = EchoingSockets()
        let api = GatewayAPI(
            configuration: configuration,
            log: log,
            identities: identities,
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
        let services = ServiceGroup(services: [api], logger: logger)
        let running = Task { try await services.run() }
        let fixture = APIFixture(
            folder: folder.path,
            port: address.http?.port ?? 0,
            securePort: address.https?.port,
            sockets: sockets,
            log: log,
            identities: identities,
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
        identities.close()
    }

    /// Says critical things only.
    static let quietLogger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    /// Runs `body` against a second API over the same log and registry: what a gateway started anew knows.
    func withAnotherAPI(_ body: (APIFixture) async throws -> Void) async throws {
        let api = GatewayAPI(
            configuration: APIConfiguration(http: .init(port: 0), hubNames: APIFixture.hubNames, version: "1.2.3"),
            log: self.log,
            identities: self.identities,
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
            folder: self.folder,
            port: port,
            securePort: nil,
            sockets: self.sockets,
            log: self.log,
            identities: self.identities,
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

/// Remembers what the API asked of the device servers.
final class RecordedConnections: ConnectionControlling {
    private struct State {
        var connected: Set<Principal> = []
        var disconnected: [String] = []
        var forgotten: [Principal] = []
    }

    private let state = Mutex(State())

    func disconnect(_ principal: Principal, reason: String) {
        self.state.withLock { $0.disconnected.append("\(principal): \(reason)") }
    }

    func forget(_ principals: [Principal], reason: String) {
        self.state.withLock { state in
            state.disconnected += principals.map { "\($0): \(reason)" }
            state.forgotten += principals
        }
    }

    func isConnected(_ principal: Principal) -> Bool {
        self.state.withLock { $0.connected.contains(principal) }
    }

    var connectionCount: Int { self.state.withLock { $0.connected.count } }

    /// Makes an identity look connected.
    func connect(_ identity: IdentityID) {
        self.state.withLock { _ = $0.connected.insert(.identity(identity)) }
    }

    /// Principals whose sessions were ended, in order.
    var forgotten: [Principal] { self.state.withLock { $0.forgotten } }

    /// `id: reason` of every call, in order.
    var disconnected: [String] { self.state.withLock { $0.disconnected } }
}
