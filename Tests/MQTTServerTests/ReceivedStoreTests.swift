import EventLog
import FoundationEssentials
import Logging
import MQTTCodec
import MQTTServer
import NIOCore
import ReadingNumbers
import ServerTestSupport
import TelemetryModel
import TestSupport
import Testing

@Suite("Received numbers over restarts", .timeLimit(.minutes(1)))
struct ReceivedStoreTests {
    /// A folder with a log and a snapshot, over any number of runs.
    private final class Folder {
        let path: String
        var snapshot: String { "\(self.path)/telemetry.numbers" }

        init() throws {
            self.path = FileManager.default.temporaryDirectory.appending(path: "weir-numbers-\(UUID())").path()
            try FileManager.default.createDirectory(atPath: self.path + "/log", withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: self.path) }

        func store(_ topic: LogTopic) -> ReceivedStore {
            ReceivedStore(
                path: self.snapshot,
                topic: topic,
                devicesMax: 1_000,
                logger: Logger(label: "numbers") { _ in SwiftLogNoOpLogHandler() }
            )
        }

        /// Runs a gateway's endpoint that reads what the last one left.
        func run(
            expecting isCovered: Bool? = nil,
            _ body: (TestEndpoint, ReceivedStore) async throws -> Void
        ) async throws {
            var opened: ReceivedStore?
            func open(_ topic: LogTopic) -> ReceivedNumbers {
                let store = self.store(topic)
                let caughtUp = store.catchUp()
                #expect(caughtUp.isComplete && caughtUp.covered == topic.end)
                if let isCovered { #expect((store.covered != nil) == isCovered) }
                opened = store
                return store.numbers
            }
            try await TestEndpoint.run(in: self.path + "/log", numbers: open) { endpoint in
                try await body(endpoint, try #require(opened))
            }
        }
    }

    private static func send(_ numbers: Range<Int>, to endpoint: TestEndpoint, device: String = "dev1") async throws {
        let client = try await endpoint.client(device)
        for number in numbers {
            let bag = "weir-epoch=1&weir-seq=\(number * 2)&weir-count=2"
            try await client.send(.telemetry(of: device, bag: bag, "\(number)", id: UInt16(number + 1)))
        }
        try await client.expectAcknowledged(numbers.map { UInt16($0 + 1) })
    }

    @Test("without a snapshot the log says what came")
    func fromLog() async throws {
        let folder = try Folder()
        try await folder.run(expecting: false) { endpoint, _ in
            try await Self.send(0..<5, to: endpoint)
            try await Self.send(0..<2, to: endpoint, device: "dev2")
        }
        try await folder.run(expecting: false) { endpoint, _ in
            try await Self.send(0..<7, to: endpoint)
            #expect(endpoint.topic.recordCount == 9)
        }
    }

    @Test("with a snapshot, and what the log has behind it")
    func fromSnapshot() async throws {
        let folder = try Folder()
        try await folder.run { endpoint, store in
            try await Self.send(0..<5, to: endpoint)
            let mark = store.mark
            try await Self.send(5..<8, to: endpoint)
            #expect(store.isPassed(mark))
            try store.write(covering: mark.end)
            try await Self.send(8..<10, to: endpoint)
        }
        try await folder.run(expecting: true) { endpoint, store in
            #expect(store.numbers.deviceCount == 1)
            try await Self.send(0..<12, to: endpoint)
            #expect(endpoint.topic.recordCount == 12)
        }
    }

    @Test("holes keep their age, and told gaps are not told again")
    func holes() async throws {
        let folder = try Folder()
        let now = UInt32(clamping: EventLog.wallClock().milliseconds / 60_000)
        try await folder.run { endpoint, store in
            try await Self.send(0..<1, to: endpoint)
            try await Self.send(5..<6, to: endpoint)
            store.numbers.expire(noticedBy: now + 1)
            let gaps = try #require(store.numbers.nextGaps)
            #expect(gaps.gaps.map { "\($0.span) \($0.reason)" } == ["1:2-9 missing"])
            store.numbers.confirm(gaps.confirmation)
            try await Self.send(8..<9, to: endpoint)
            try store.write(covering: store.mark.end)
        }
        try await folder.run(expecting: true) { _, store in
            store.numbers.expire(noticedBy: now - 1)
            #expect(store.numbers.nextGaps == nil)
            store.numbers.expire(noticedBy: now + 1)
            #expect(store.numbers.nextGaps?.gaps.map { "\($0.span) \($0.reason)" } == ["1:12-15 missing"])
        }
    }

    @Test("a damaged or cut snapshot is as good as none", arguments: [0, 1, 2])
    func damaged(kind: Int) async throws {
        let folder = try Folder()
        try await folder.run { endpoint, store in
            try await Self.send(0..<5, to: endpoint)
            try store.write(covering: store.mark.end)
        }
        var bytes = try Data(contentsOf: URL(filePath: folder.snapshot))
        switch kind {
        case 0: bytes[bytes.count / 2] ^= 1
        case 1: bytes.removeLast(13)
        default: bytes = Data()
        }
        try bytes.write(to: URL(filePath: folder.snapshot))
        try await folder.run(expecting: false) { endpoint, _ in
            try await Self.send(0..<6, to: endpoint)
            #expect(endpoint.topic.recordCount == 6)
        }
    }

    @Test("a snapshot that knows more than the log is another log's: nothing is dropped by it")
    func otherLog() async throws {
        let folder = try Folder()
        try await folder.run { endpoint, store in
            try await Self.send(0..<5, to: endpoint)
            try store.write(covering: store.mark.end)
        }
        try FileManager.default.removeItem(atPath: folder.path + "/log")
        try FileManager.default.createDirectory(atPath: folder.path + "/log", withIntermediateDirectories: true)
        try await folder.run(expecting: false) { endpoint, _ in
            try await Self.send(0..<5, to: endpoint)
            #expect(endpoint.topic.recordCount == 5)
        }
    }

    @Test("a start that is stopped while it reads lets nobody go on, and covers what it has read")
    func stopped() async throws {
        let folder = try Folder()
        try await folder.run { endpoint, _ in
            try await Self.send(0..<5, to: endpoint)
        }
        let log = try EventLog(
            configuration: EventLog.Configuration(directory: folder.path + "/log"),
            logger: Logger(label: "log") { _ in SwiftLogNoOpLogHandler() }
        )
        defer { log.close() }
        let topic = try log.openTopic("telemetry")
        let store = folder.store(topic)
        store.stopReading()
        let caughtUp = store.catchUp()
        #expect(try !caughtUp.isComplete && caughtUp.covered == topic.position(at: .earliest))
        #expect(store.numbers.deviceCount == 0)
    }

    @Test(
        "a device that is made again after its deletion has its readings stored, also after a restart",
        arguments: [nil, 0, 1, 2]
    )
    func deleted(snapshotBefore: Int?) async throws {
        let folder = try Folder()
        let identity = try #require(IdentityID(device: "dev1"))
        func forget(_ endpoint: TestEndpoint, _ store: ReceivedStore) async throws {
            let before = store.numbers.deletions
            endpoint.server.forget([.identity(identity)])
            try await eventually { store.numbers.deletions == before + 2 }
        }
        try await folder.run { endpoint, store in
            if snapshotBefore == 0 { try store.write(covering: store.mark.end) }
            try await Self.send(0..<3, to: endpoint, device: "other")
            try await Self.send(0..<5, to: endpoint)
            // Of a quiet log: it covers less than it holds.
            if snapshotBefore == 1 { try store.write(covering: endpoint.topic.position(at: .earliest)) }
            if snapshotBefore == 2 { try store.write(covering: store.mark.end) }
            let covered = store.covered
            try await forget(endpoint, store)
            try store.write(covering: covered ?? endpoint.topic.position(at: .earliest))
        }
        try await folder.run(expecting: true) { endpoint, store in
            #expect(store.numbers.ranges(of: "dev1").isEmpty)
            #expect(store.numbers.deviceCount == 1)
            try await Self.send(0..<2, to: endpoint)
            try await Self.send(0..<3, to: endpoint, device: "other")
            #expect(endpoint.topic.recordCount == 3 + 5 + 2)
        }
        // Of the new device everything is known.
        try await folder.run(expecting: true) { endpoint, store in
            try await Self.send(0..<3, to: endpoint)
            #expect(endpoint.topic.recordCount == 3 + 5 + 3)
            try store.write(covering: store.mark.end)
            try await Self.send(3..<4, to: endpoint)
            try store.write(covering: store.mark.end)
        }
        try await folder.run(expecting: true) { endpoint, store in
            try await Self.send(0..<4, to: endpoint)
            #expect(endpoint.topic.recordCount == 3 + 5 + 4)
        }
    }

    @Test("a deletion during the start counts, also against the snapshot that is read behind it")
    func deletedEarly() async throws {
        let folder = try Folder()
        let identity = try #require(IdentityID(device: "dev1"))
        try await folder.run { endpoint, store in
            try await Self.send(0..<2, to: endpoint)
            try store.write(covering: store.mark.end)
            try await Self.send(2..<4, to: endpoint)
        }
        var opened: ReceivedStore?
        func open(_ topic: LogTopic) -> ReceivedNumbers {
            let store = folder.store(topic)
            opened = store
            return store.numbers
        }
        try await TestEndpoint.run(in: folder.path + "/log", numbers: open) { endpoint in
            let store = try #require(opened)
            endpoint.server.forget([.identity(identity)])
            try await eventually { store.numbers.deletions == 2 }
            #expect(store.catchUp().isComplete)
            try await Self.send(0..<4, to: endpoint)
            #expect(endpoint.topic.recordCount == 4 + 4)
        }
    }

    @Test("a gateway that ended while a device was being deleted takes nothing of it for its successor's")
    func deletionCutShort() async throws {
        let folder = try Folder()
        try await folder.run { endpoint, store in
            let client = try await endpoint.client("dev1")
            endpoint.files.holdSyncs()
            try await client.send(
                .telemetry(of: "dev1", bag: "weir-epoch=1&weir-seq=0&weir-count=1", "old", id: 1)
            )
            try await endpoint.files.heldSyncs.next()
            endpoint.server.forget([.identity(try #require(IdentityID(device: "dev1")))])
            try await client.expectClosed()
            try store.write(covering: endpoint.topic.position(at: .earliest))
            endpoint.files.releaseSyncs()
        }
        try await folder.run(expecting: true) { endpoint, _ in
            #expect(endpoint.topic.recordCount == 1)
            try await Self.send(0..<1, to: endpoint)
            #expect(endpoint.topic.recordCount == 2)
        }
    }

    @Test("records that no device sent have no numbers")
    func foreignRecords() async throws {
        let folder = try Folder()
        try await folder.run { endpoint, store in
            let headers = ["weir-epoch": "1", "weir-seq": "0", "weir-count": "10"].map {
                RecordHeader(name: $0.key, value: Array($0.value.utf8))
            }
            _ = try await endpoint.topic.append([NewRecord(key: Array("dev1".utf8), value: [], headers: headers)])
        }
        try await folder.run { endpoint, store in
            #expect(store.numbers.deviceCount == 0)
            try await Self.send(0..<1, to: endpoint)
            #expect(endpoint.topic.recordCount == 2)
        }
    }
}
