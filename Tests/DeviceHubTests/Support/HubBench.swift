import CoreMetrics
import DeviceHub
import DeviceRegistry
import EventLog
import FoundationEssentials
import HubProtocol
import LogFormat
import Logging
import NIOCore
import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

/// A hub on a real registry and a real log, in a folder of its own.
final class HubBench {
    let folder: URL
    let clock = ManualClock()
    let store: SQLiteIdentityStore
    let log: EventLog
    let hub: DeviceHub

    /// Makes the folder and these devices.
    init(devices: [String] = ["d"]) throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "weir-hub-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        let clock = self.clock
        self.store = try SQLiteIdentityStore(path: self.folder.appending(path: "registry.sqlite").path()) { clock.now }
        self.log = try EventLog(
            configuration: EventLog.Configuration(
                directory: self.folder.appending(path: "log").path(),
                freeBytesMin: 0
            ),
            clock: { clock.now },
            logger: HubBench.logger
        )
        for topic in DeviceHub.topics { _ = try self.log.openTopic(topic) }
        self.hub = try HubBench.hub(HubStores(self.store), self.log, clock)
        for device in devices {
            try self.store.apply(.create(DeviceIdentity(id: try HubBench.id(device))), author: "test")
        }
    }

    deinit {
        self.log.close()
        self.store.close()
        try? FileManager.default.removeItem(at: self.folder)
    }

    static func hub(_ stores: HubStores, _ log: EventLog, _ clock: ManualClock) throws -> DeviceHub {
        try DeviceHub(
            configuration: HubConfiguration(hubName: "hub.test"),
            stores: stores,
            log: log,
            clock: clock.hubClock,
            metrics: HubMetrics(factory: NOOPMetricsHandler.instance),
            logger: HubBench.logger
        )
    }

    /// Runs a hub while `body` runs.
    static func running<Value>(_ hub: DeviceHub, _ body: () async throws -> Value) async throws -> Value {
        let task = Task { try await hub.run() }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        task.cancel()
        try await task.value
        return try result.get()
    }

    static func id(_ device: String) throws -> IdentityID { try #require(IdentityID(device)) }

    static func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

    /// A patch of the service, as `{"tags":…,"properties":{"desired":…}}`.
    static func patch(_ text: String) throws -> TwinPatch { try TwinPatch(try self.json(text)) }

    /// A connection, subscribed to everything.
    func connect(_ device: String, as connectionID: UInt64 = 1) throws -> FakeLink {
        let link = FakeLink(try HubBench.id(device), connectionID: connectionID)
        self.hub.opened(link, subscriptions: [.methods, .twinAnswers, .desiredPatches, .devicebound])
        return link
    }

    func get(_ link: FakeLink, _ requestID: String) {
        self.hub.received(HubRequest(.twinGet, requestID: requestID), payload: [0x20], on: link)
    }

    func report(_ link: FakeLink, _ body: String, _ requestID: String, ifVersion: Int64? = nil) {
        let request = HubRequest(.reportedPatch(ifVersion: ifVersion), requestID: requestID)
        self.hub.received(request, payload: Array(body.utf8), on: link)
    }

    /// The records of a topic, in the order in which they were committed.
    func records(of name: String) throws -> [(key: String, number: String, value: JSONObject)] {
        let topic = try #require(self.log.topic(named: name))
        var records = [(key: String, number: String, value: JSONObject)]()
        var position = try topic.position(at: .earliest)
        while true {
            let read = try topic.read(from: position, maxBytes: 1 << 20)
            if read.batches.isEmpty { return records }
            position = read.next
            for batch in read.batches {
                for record in try batch.records {
                    let value = try JSONValue(parsing: record.value.readableBytesView)
                    records.append(
                        (
                            key: record.key.map { String(buffer: $0) } ?? "",
                            number: record.headers.first(named: "weir-outbox").map { String(buffer: $0) } ?? "",
                            value: try #require(value.object)
                        )
                    )
                }
            }
        }
    }

    private static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()
}
