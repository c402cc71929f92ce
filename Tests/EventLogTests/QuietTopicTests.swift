import EventLog
import LogFormat
import LogTestSupport
import Testing

@Suite("A topic that nobody writes to, whose records have had their time")
struct QuietTopicTests {
    private static let hour: Int64 = 3_600_000

    /// Rolls by age and removes everything by age.
    private func empty(_ log: EventLog, _ topic: LogTopic, _ clock: ManualClock) async throws {
        clock.advance(QuietTopicTests.hour)
        log.applyRetention(now: clock.read(), uptime: clock.uptime)
        let limit = ContinuousClock.now + .seconds(10)
        while topic.end.segment == 0, ContinuousClock.now < limit { await Task.yield() }
        clock.advance(24 * QuietTopicTests.hour)
        log.applyRetention(now: clock.read(), uptime: clock.uptime)
        try #require(topic.recordCount == 0)
    }

    private func open(_ disk: SimulatedDisk, _ clock: ManualClock) throws -> (EventLog, LogTopic) {
        let settings = TopicSettings(retentionMilliseconds: 24 * QuietTopicTests.hour)
        let log = try makeLog(disk, clock: clock, settings: settings)
        return (log, try log.openTopic("t", partitions: 1))
    }

    @Test("a copy of it can be opened and goes on with its offsets")
    func copy() async throws {
        let (disk, clock) = (SimulatedDisk(seed: 1), ManualClock())
        let (log, topic) = try self.open(disk, clock)
        defer { log.close() }
        try await topic.append(values: ["a", "b"])
        try await self.empty(log, topic, clock)
        let capture = try topic.capture()

        let copy = SimulatedDisk(seed: 2)
        try self.open(copy, clock).0.close()
        copy.remove("/log/t/clean.mark")
        for name in copy.fileNames(in: "/log/t") { copy.remove("/log/t/\(name)") }
        for file in capture.files { copy.set("/log/t/\(file.name)", try file.read(at: 0, count: 1 << 20)) }
        let restored = try makeLog(copy, clock: clock)
        defer { restored.close() }
        #expect(try await restored.openTopic("t").append(values: ["c"])[0].offset == 2)
    }

    @Test("the retry of a batch that retention has removed is still known after a clean restart")
    func retry() async throws {
        let (disk, clock) = (SimulatedDisk(seed: 1), ManualClock())
        let (log, topic) = try self.open(disk, clock)
        let batch = BatchFixture(producerID: 4_000, producerEpoch: 0, baseSequence: 0)
        _ = try await topic.produce(batch)
        try await self.empty(log, topic, clock)
        log.close()
        let (again, reopened) = try self.open(disk, clock)
        defer { again.close() }
        #expect(try await reopened.produce(batch) == .duplicate(baseOffset: 0))
    }

    @Test("no segment is begun while the disk is nearly full: that would fence a topic nobody writes to")
    func nearlyFull() async throws {
        let (disk, clock) = (SimulatedDisk(seed: 1), ManualClock())
        let (log, topic) = try self.open(disk, clock)
        try await topic.append(values: ["a"])
        disk.faults.freeBytes = 900
        disk.faults.bytesUntilFull = 0
        log.checkDisk()
        clock.advance(QuietTopicTests.hour)
        log.applyRetention(now: clock.read(), uptime: clock.uptime)
        log.close()
        #expect(topic.status == .closed, "not fenced")
        #expect(disk.fileNames(in: "/log/t").filter { $0.hasSuffix(".log") }.count == 1)
    }
}
