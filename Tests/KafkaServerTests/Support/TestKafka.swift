import EventLog
import FoundationEssentials
import KafkaProtocol
import KafkaServer
import LogFormat
import Logging
import NIOCore
import NIOPosix
import ServerTestSupport
import TLSTransport
import Testing

/// A real server on loopback over a real log in a folder of its own.
struct TestKafka: Sendable {
    /// A value of the configuration that is not the default.
    struct Setting {
        let apply: (inout KafkaServer.Configuration) -> Void

        static func set<Value>(_ path: WritableKeyPath<KafkaServer.Configuration, Value>, _ value: Value) -> Setting {
            Setting { $0[keyPath: path] = value }
        }
    }

    let server: KafkaServer
    let log: EventLog
    let files: GatedFiles
    let metrics: CountingMetrics
    let address: SocketAddress
    let tlsAddress: SocketAddress?

    /// Starts a server, runs the body, and takes everything down again; in a folder of the caller all stays.
    static func run(
        _ settings: [Setting] = [],
        in folder: String? = nil,
        authenticator: FakeKafkaAuthenticator = FakeKafkaAuthenticator(),
        tls: TLSContextSource? = nil,
        threads: Int = 2,
        _ body: (TestKafka) async throws -> Void
    ) async throws {
        let directory = try folder ?? TestKafka.makeDirectory()
        defer { if folder == nil { try? FileManager.default.removeItem(atPath: directory) } }
        let files = GatedFiles()
        let log = try EventLog(
            configuration: EventLog.Configuration(directory: "\(directory)/log"),
            files: files,
            logger: Logger(label: "log") { _ in SwiftLogNoOpLogHandler() }
        )
        _ = try log.openTopic("telemetry")
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        var configuration = KafkaServer.Configuration(stateDirectory: "\(directory)/kafka")
        let anyPort = KafkaServer.Listener(host: "127.0.0.1", port: 0)
        configuration.tcp = anyPort
        if tls != nil { configuration.tls = anyPort }
        configuration.refusalDelay = .milliseconds(1)
        configuration.groupInitialDelay = .zero
        configuration.systemTopics = ["telemetry", "alerts"]
        for setting in settings { setting.apply(&configuration) }
        let metrics = CountingMetrics(prefix: "weir_kafka_")
        let server = KafkaServer(
            configuration: configuration,
            log: log,
            authenticator: authenticator,
            tls: tls,
            group: group,
            metrics: KafkaMetrics(factory: metrics),
            logger: Logger(label: "kafka") { _ in SwiftLogNoOpLogHandler() }
        )
        let addresses: KafkaServer.Addresses
        do {
            addresses = try await server.start()
        } catch {
            log.close()
            try await group.shutdownGracefully()
            throw error
        }
        let kafka = TestKafka(
            server: server,
            log: log,
            files: files,
            metrics: metrics,
            address: try #require(addresses.tcp),
            tlsAddress: addresses.tls
        )
        do {
            try await body(kafka)
        } catch {
            Issue.record(error)
        }
        files.releaseSyncs()
        await server.stop()
        log.close()
        try await group.shutdownGracefully()
    }

    /// A client that has not authenticated.
    func client() async throws -> KafkaClient {
        try await KafkaClient.open(self.address)
    }

    /// A client with all rights, or another user.
    func client(as user: String, password: String = "secret") async throws -> KafkaClient {
        let client = try await self.client()
        try await client.login(user, password)
        return client
    }

    /// Connections that ended for a reason.
    func closed(_ reason: KafkaCloseReason) -> Int64 {
        self.metrics.value("connections_closed{reason=\(reason.rawValue)}")
    }

    static func makeDirectory() throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "weir-kafka-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.path()
    }
}
