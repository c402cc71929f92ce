import EventLog
import FoundationEssentials
import Gateway
import Logging
import NIOPosix
import ReadingNumbers
import TestSupport
import Testing

@testable import MQTTServer

@Suite("Numbers of readings: snapshots and gaps in the background", .timeLimit(.minutes(1)))
struct ReadingNumbersServiceTests {
    /// Runs the service on a log in a folder until `body` returns, then shuts it down.
    private static func run(
        in folder: String,
        timing: ReadingNumbersService.Timing,
        _ body: (ReceivedStore, EventLog) async throws -> Void
    ) async throws {
        let logger = Logger(label: "numbers") { _ in SwiftLogNoOpLogHandler() }
        let log = try EventLog(configuration: EventLog.Configuration(directory: folder + "/log"), logger: logger)
        defer { log.close() }
        let store = ReceivedStore(
            path: folder + "/telemetry.numbers",
            topic: try log.openTopic("telemetry"),
            devicesMax: 100,
            logger: logger
        )
        let metrics = PrometheusMetrics()
        let service = ReadingNumbersService(
            store: store,
            lifecycle: LifecycleRecorder(
                topic: try log.openTopic("lifecycle"),
                hubName: "hub",
                now: EventLog.wallClock,
                metrics: metrics,
                logger: logger
            ),
            group: MultiThreadedEventLoopGroup.singleton,
            timing: timing,
            now: EventLog.wallClock,
            metrics: metrics,
            logger: logger
        )
        let running = Task { try await service.run() }
        do {
            try await body(store, log)
        } catch {
            Issue.record(error)
        }
        running.cancel()
        try await running.value
    }

    @Test("a gap is told, the snapshot follows the log, and a restart finds both")
    func life() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-service-\(UUID())").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var timing = ReadingNumbersService.Timing()
        timing.interval = .milliseconds(5)
        timing.gapAge = .zero
        timing.gapInterval = .zero
        timing.snapshotAge = .zero
        try await Self.run(in: folder, timing: timing) { store, log in
            try await eventually { store.covered != nil }
            for first: UInt64 in [0, 10] {
                let span = ReadingSpan(epoch: 1, first: first, count: 1)
                store.numbers.record(MessageNumbers(span: span), of: "dev1", atMinute: 1)
            }
            let lifecycle = try log.openTopic("lifecycle")
            try await eventually { lifecycle.recordCount == 1 }
            let telemetry = try log.openTopic("telemetry")
            _ = try await telemetry.append([NewRecord(key: nil, value: [1])])
            let end = telemetry.end
            // Covered when the log has committed behind it.
            try await eventually {
                _ = try await telemetry.append([NewRecord(key: nil, value: [2])])
                return store.covered.map { end <= $0 } ?? false
            }
            #expect(store.numbers.nextGaps == nil)
        }
        try await Self.run(in: folder, timing: timing) { store, log in
            // The snapshot's devices are read after its head.
            try await eventually { store.covered != nil && store.numbers.deviceCount == 1 }
            store.numbers.beginDeletion(of: ["dev1"])
            store.numbers.endDeletion(of: ["dev1"])
            let span = ReadingSpan(epoch: 1, first: 0, count: 1)
            store.numbers.record(MessageNumbers(span: span), of: "dev2", atMinute: 1)
            let lifecycle = try log.openTopic("lifecycle")
            #expect(lifecycle.recordCount == 1)
        }
        try await Self.run(in: folder, timing: timing) { store, _ in
            let none = store.numbers.ranges(of: "nobody")
            try await eventually { store.numbers.ranges(of: "dev2") != none }
            #expect(store.numbers.ranges(of: "dev1") == none)
        }
    }
}
