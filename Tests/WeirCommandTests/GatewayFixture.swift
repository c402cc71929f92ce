import CoreMetrics
import DeviceHub
import DeviceRegistry
import EventLog
import FoundationEssentials
import Gateway
import GatewayAPI
import GatewayClient
import HubProtocol
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import TelemetryModel
import Testing
import TwinModel

@testable import weir

/// A gateway's API with its data folder, and a console that remembers: commands run against it as on a terminal.
struct GatewayFixture: Sendable {
    /// The data folder.
    let folder: String
    let log: EventLog
    let identities: SQLiteIdentityStore
    let policies: [ServicePolicy]
    let port: Int

    /// What a command said and how it ended.
    struct Outcome: Sendable {
        var status: Int32
        var output: String
        var error: String

        /// The lines of stdout.
        var lines: [String] { self.output.split(separator: "\n").map(String.init) }
    }

    /// Runs `body` against a gateway of its own.
    ///
    /// - Parameters:
    ///   - hubSharesLog: whether the hub writes into the gateway's log; else it has one of its own, so that a test sees only
    ///     the topics it makes.
    ///   - body: the test.
    /// - Throws: when the gateway cannot be made or does not end.
    static func run(
        hubSharesLog: Bool = false,
        _ body: (GatewayFixture) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-cli-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let policies = ServicePolicy.makeDefaults()
        let log = try EventLog(
            configuration: EventLog.Configuration(directory: folder.appending(path: "log").path),
            logger: logger
        )
        let identities = try SQLiteIdentityStore(
            path: folder.appending(path: "registry.sqlite").path,
            now: GatewayClient.wallClock
        )
        let names = ["gw.example.org", "localhost"]
        let hubLog =
            try hubSharesLog
            ? log
            : EventLog(
                configuration: EventLog.Configuration(directory: folder.appending(path: "hub-log").path),
                logger: logger
            )
        for topic in DeviceHub.topics { _ = try hubLog.openTopic(topic) }
        let hub = try DeviceHub(
            configuration: HubConfiguration(hubName: names[0]),
            stores: HubStores(identities),
            log: hubLog,
            clock: HubClock(now: GatewayClient.wallClock),
            metrics: HubMetrics(factory: NOOPMetricsHandler.instance),
            logger: logger
        )
        var configuration = APIConfiguration(http: .init(port: 0), hubNames: names, version: "9.9")
        configuration.dataFolder = folder.path
        let api = GatewayAPI(
            configuration: configuration,
            log: log,
            identities: identities,
            hub: hub,
            provisioning: ProvisioningService(
                configuration: ProvisioningConfiguration(idScope: "weir", hubNames: names),
                store: identities,
                now: GatewayClient.wallClock,
                logger: logger
            ),
            authority: try GatewayFixture.certificates(in: folder.path, identities),
            policies: policies,
            connections: NoConnections(),
            health: { HealthReport() },
            metrics: { "" },
            group: .singletonMultiThreadedEventLoopGroup,
            now: GatewayClient.wallClock,
            metricsFactory: NOOPMetricsHandler.instance,
            logger: logger
        )
        let port = try #require(try await api.start().http?.port)
        let services = ServiceGroup(services: [hub, api], logger: logger)
        let running = Task { try await services.run() }
        let encoder = JSONEncoder()
        let endpoints = EndpointsFile(http: "127.0.0.1:\(port)", hubNames: names)
        try encoder.encode(endpoints).write(to: folder.appending(path: "endpoints.json"))
        try encoder.encode(CredentialsFile(policies: policies)).write(to: folder.appending(path: "credentials.json"))
        let fixture = GatewayFixture(
            folder: folder.path,
            log: log,
            identities: identities,
            policies: policies,
            port: port
        )
        do {
            try await body(fixture)
        } catch {
            Issue.record(error)
        }
        await services.triggerGracefulShutdown()
        try await running.value
        log.close()
        if !hubSharesLog { hubLog.close() }
        identities.close()
    }

    /// The gateway's own certificates, in its data folder.
    private static func certificates(
        in folder: String,
        _ store: SQLiteIdentityStore
    ) throws -> CertificateService {
        let reader = ConfigurationReader(assignments: [], environment: [:], file: nil)
        return try CertificateService(
            folder: try DataFolder(path: folder),
            configuration: try reader.configuration(hostName: "gw.example.org"),
            store: store,
            metrics: NOOPMetricsHandler.instance,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: GatewayClient.wallClock
        )
    }

    /// A registered device.
    func stored(_ device: String) throws -> DeviceIdentity {
        let id = try #require(IdentityID(device: device))
        return try #require(try self.identities.identity(id))
    }

    /// What a device or module says of itself.
    func report(_ id: String, _ patch: String) throws {
        let write = TwinWrite(
            .report(try SectionPatch.reported(parsing: patch.utf8), ifVersion: nil),
            of: try #require(IdentityID(id)),
            author: "device:\(id)",
            at: GatewayClient.wallClock()
        )
        _ = try self.identities.apply([write])[0].get()
    }

    /// Gives a device a password, hashed faster than those of others.
    func setPassword(of device: String, _ password: String) throws {
        var identity = try self.stored(device)
        let parameters = PasswordHash.Parameters(checking: 4, blockSize: 8, parallelism: 1)
        identity.access.password = try PasswordHash(
            hashing: Array(password.utf8),
            parameters: try #require(parameters)
        )
        try self.identities.apply(.update(identity, ifMatch: .any))
    }

    /// Runs a command on this gateway's data folder.
    func weir(_ arguments: String...) async -> Outcome {
        await GatewayFixture.weir(arguments + ["--data", self.folder])
    }

    /// Runs a command line.
    ///
    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - environment: the variables it sees.
    ///   - readsLines: after so many lines the reader of stdout goes away.
    /// - Returns: what it said.
    static func weir(
        _ arguments: [String],
        environment: [String: String] = [:],
        readsLines: Int = .max
    ) async -> Outcome {
        let output = Mutex<[UInt8]>([])
        let error = Mutex<[UInt8]>([])
        let console = Console(
            isTerminal: false,
            hasColor: false,
            output: { bytes in
                let count = output.withLock { text in
                    text += bytes
                    return text.count { $0 == UInt8(ascii: "\n") }
                }
                if count >= readsLines { throw Console.ReaderGone() }
            },
            error: { bytes in error.withLock { $0 += bytes } }
        )
        let status = await Console.$current.withValue(console) {
            await ConnectionOptions.$environment.withValue(environment) {
                await Weir.run(arguments)
            }
        }
        return Outcome(
            status: status,
            output: String(decoding: output.withLock { $0 }, as: UTF8.self),
            error: String(decoding: error.withLock { $0 }, as: UTF8.self)
        )
    }
}

private struct NoConnections: ConnectionControlling {
    func disconnect(_ principal: Principal, reason: String) {}

    func disconnect(_ principal: Principal, keeping credentials: Set<Int>, reason: String) {}

    func forget(_ principals: [Principal], reason: String) {}

    func isConnected(_ principal: Principal) -> Bool { principal.description == "online" }

    var connectionCount: Int { 1 }
}
