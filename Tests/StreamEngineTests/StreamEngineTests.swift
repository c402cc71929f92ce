import EventLog
import Logging
import ServiceLifecycle
import Testing

@testable import StreamEngine

@Suite("the stream as a service", .timeLimit(.minutes(1)))
struct StreamEngineTests {
    private func engine(_ harness: LogHarness, _ change: (inout StreamConfiguration) -> Void = { _ in }) -> StreamEngine
    {
        var configuration = harness.configuration
        change(&configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return StreamEngine(configuration: configuration, log: harness.log, logger: logger)
    }

    /// Polls until the status is as wanted; the suite's time limit ends a wait that is in vain.
    private func wait(_ engine: StreamEngine, until isMet: (StreamStatus) -> Bool) async throws {
        while !isMet(engine.status) { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test("it follows the log live, says how far it is, and leaves a checkpoint when the group shuts down")
    func service() async throws {
        let harness = try LogHarness()
        let engine = self.engine(harness) { $0.checkpointInterval = .seconds(3_600) }
        #expect(engine.status.phase == .idle)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(configuration: .init(services: [.init(service: engine)], logger: logger))
        var workload = Workload(seed: 1)
        for _ in 0..<30 { try await harness.append(workload.next()) }
        let running = Task { try await group.run() }
        try await self.wait(engine) { $0.counts.records == 30 && $0.lagRecords == 0 }
        #expect(engine.status.phase == .running)
        for _ in 0..<30 { try await harness.append(workload.next()) }
        try await self.wait(engine) { $0.counts.records == 60 }
        #expect(engine.status.checkpoints == 0)
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(engine.status.phase == .stopped)
        #expect(engine.status.checkpoints == 1)
        #expect(engine.status.checkpointBytes > 0)
        let next = try harness.session()
        #expect(next.status.lagRecords == 0)
        #expect(next.status.position == engine.status.position)
    }

    @Test("a checkpoint is written after its interval though nothing more comes, and after many records")
    func checkpoints() async throws {
        let harness = try LogHarness()
        var workload = Workload(seed: 2)
        try await harness.append(workload.next())
        let timed = self.engine(harness) { $0.checkpointInterval = .milliseconds(20) }
        let running = Task { try await timed.run() }
        try await self.wait(timed) { $0.counts.records == 1 }
        let counted = self.engine(harness) {
            $0.name = "counted"
            $0.checkpointInterval = .seconds(3_600)
            $0.checkpointRecords = 10
        }
        let other = Task { try await counted.run() }
        while try CheckpointFile(directory: harness.configuration.checkpointDirectory, stream: "telemetry").read()
            == nil
        {
            try await Task.sleep(for: .milliseconds(2))
        }
        for _ in 0..<40 { try await harness.append(workload.next()) }
        try await self.wait(counted) { $0.checkpoints >= 1 }
        running.cancel()
        other.cancel()
        try await running.value
        try await other.value
    }

    @Test("a log that cannot be written stops the stream with a reason, and nothing else")
    func failure() async throws {
        let harness = try LogHarness()
        let engine = self.engine(harness)
        let running = Task { try await engine.run() }
        try await self.wait(engine) { $0.phase == .running }
        harness.log.close()
        try await self.wait(engine) { if case .failed = $0.phase { true } else { false } }
        #expect(engine.status.phase == .failed("topic telemetry is closed"))
        running.cancel()
        try await running.value
    }

    @Test("a checkpoint folder that cannot be made fails the start, naming it")
    func noFolder() async throws {
        let harness = try LogHarness()
        let path = "\(harness.folder.path)/missing/streams"
        let engine = self.engine(harness) { $0.checkpointDirectory = path }
        let error = await #expect(throws: StreamError.self) { try await engine.run() }
        #expect(error?.description.contains(path) == true)
    }
}
