import CoreMetrics
import EventLog
import FoundationEssentials
import LogFormat
import Logging
import MQTTCodec
import MQTTServer
import NIOCore
import NIOPosix
import ReadingNumbers
import ServerTestSupport
import TLSTransport
import Testing

/// A real server on loopback over a real log in a folder of its own.
struct TestEndpoint: Sendable {
    let server: MQTTServer
    let group: MultiThreadedEventLoopGroup
    let log: EventLog
    let topic: LogTopic
    let deadLetters: LogTopic
    let files: GatedFiles
    let observer: RecordingObserver
    let metrics: CountingMetrics
    let address: SocketAddress
    let tlsAddress: SocketAddress?

    /// Starts a server, runs the body, and takes everything down again; in a folder of the caller the log stays.
    static func run(
        in folder: String? = nil,
        authenticator: FakeAuthenticator = FakeAuthenticator(),
        sessions: FakeSessions = FakeSessions(),
        ingesting: (any MessageIngesting)? = nil,
        hub: (any HubServing)? = nil,
        provisioning: (any RegistrationServing)? = nil,
        numbers: ((LogTopic) -> ReceivedNumbers)? = nil,
        tls: TLSContextSource? = nil,
        threads: Int = 1,
        pendingBytesMax: Int = 64 << 20,
        configuration: MQTTServer.Configuration = MQTTServer.Configuration(),
        _ body: (TestEndpoint) async throws -> Void
    ) async throws {
        let directory = try folder ?? TestEndpoint.makeDirectory()
        defer { if folder == nil { try? FileManager.default.removeItem(atPath: directory) } }
        let files = GatedFiles()
        let log = try EventLog(
            configuration: EventLog.Configuration(directory: directory, pendingBytesMax: pendingBytesMax),
            files: files,
            logger: Logger(label: "log") { _ in SwiftLogNoOpLogHandler() }
        )
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        var configuration = configuration
        let anyPort = MQTTServer.Listener(host: "127.0.0.1", port: 0)
        configuration.tcp = configuration.tcp ?? anyPort
        if tls != nil { configuration.tls = anyPort }
        let observer = RecordingObserver()
        let metrics = CountingMetrics(prefix: "weir_mqtt_")
        let topic = try log.openTopic("telemetry")
        let deadLetters = try log.openTopic("dead-letter")
        let broker = try await Broker.open(
            log: log,
            sessions: sessions,
            logger: Logger(label: "broker") { _ in SwiftLogNoOpLogHandler() }
        )
        let server = MQTTServer(
            configuration: configuration,
            topic: topic,
            broker: broker,
            authenticator: authenticator,
            ingesting: ingesting,
            deadLetters: deadLetters,
            numbers: numbers?(topic),
            observer: observer,
            hub: hub,
            provisioning: provisioning,
            tls: tls,
            group: group,
            metrics: MQTTMetrics(factory: metrics),
            logger: Logger(label: "mqtt") { _ in SwiftLogNoOpLogHandler() }
        )
        let addresses: MQTTServer.Addresses
        do {
            addresses = try await server.start()
        } catch {
            log.close()
            try await group.shutdownGracefully()
            throw error
        }
        let endpoint = TestEndpoint(
            server: server,
            group: group,
            log: log,
            topic: topic,
            deadLetters: deadLetters,
            files: files,
            observer: observer,
            metrics: metrics,
            address: try #require(addresses.tcp),
            tlsAddress: addresses.tls
        )
        do {
            try await body(endpoint)
        } catch {
            Issue.record(error)
        }
        files.releaseSyncs()
        await server.stop()
        log.close()
        try await group.shutdownGracefully()
    }

    func client(_ version: MQTTVersion = .v311) async throws -> TestClient {
        try await TestClient.open(self.address, version: version)
    }

    /// A client of a device, accepted.
    func client(_ device: String) async throws -> TestClient {
        let client = try await self.client()
        try await client.connect(device)
        return client
    }

    /// Sockets that ended for a reason.
    func closed(_ reason: CloseReason) -> Int64 {
        self.metrics.value("connections_closed{reason=\(reason.rawValue)}")
    }

    /// A record as text.
    struct StoredRecord: Equatable {
        var key: String
        var value: String
        var headers: [String: String]
    }

    /// All records of telemetry, or of another topic, that are synced, per partition in order.
    func records(of topic: LogTopic? = nil) throws -> [StoredRecord] {
        let topic = topic ?? self.topic
        return try topic.read(from: try topic.position(at: .earliest), maxBytes: 64 << 20).batches
            .flatMap { try $0.records }
            .map { record in
                StoredRecord(
                    key: record.key.map { String(buffer: $0) } ?? "",
                    value: String(buffer: record.value),
                    headers: Dictionary(
                        uniqueKeysWithValues: record.headers.map {
                            ($0.name, $0.value.map { String(buffer: $0) } ?? "")
                        }
                    )
                )
            }
    }

    static func makeDirectory() throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "weir-mqtt-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.path()
    }
}

extension MQTTServer.Configuration {
    /// Defaults but for one value.
    static func with<Value>(_ path: WritableKeyPath<Self, Value>, _ value: Value) -> Self {
        var configuration = Self()
        configuration[keyPath: path] = value
        return configuration
    }
}
