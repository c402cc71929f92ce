import EventLog
import LogFormat
import TelemetryModel
import Testing

@Suite("Retention by append time and bytes, roll by age, notes/log.md")
struct RetentionTests {
    private static let hour: Int64 = 3_600_000
    private static let start: Int64 = 1_795_000_000_000

    /// Waits until the topic has so many segments: its writer thread begins them.
    private func waitForSegments(_ topic: LogTopic, _ count: Int) async throws {
        let limit = ContinuousClock.now + .seconds(10)
        while topic.segmentSummaries.count < count, ContinuousClock.now < limit { await Task.yield() }
        try #require(topic.segmentSummaries.count == count)
    }

    private func apply(_ log: EventLog, _ clock: ManualClock) {
        log.applyRetention(now: clock.read(), uptime: clock.uptime)
    }

    @Test("a segment is rolled by the age of its first append: to the millisecond, by the next write")
    func rollByWrite() async throws {
        let clock = ManualClock(RetentionTests.start)
        let log = try makeLog(SimulatedDisk(seed: 1), clock: clock)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        try await topic.append(values: ["a"])
        clock.advance(RetentionTests.hour - 1)
        try await topic.append(values: ["b"])
        #expect(topic.segmentSummaries.count == 1)
        clock.advance(1)
        try await topic.append(values: ["c"])
        #expect(topic.segmentSummaries.count == 2)
        #expect(topic.segmentSummaries[1].startOffsets == [2])
        #expect(try topic.allRecords().map(\.value) == ["a", "b", "c"])
    }

    @Test("a quiet topic is rolled too, emptied after its time, and goes on with its offsets, also after a restart")
    func quietTopic() async throws {
        let clock = ManualClock(RetentionTests.start)
        let disk = SimulatedDisk(seed: 1)
        let settings = TopicSettings(retentionMilliseconds: 24 * RetentionTests.hour)
        let log = try makeLog(disk, clock: clock, settings: settings)
        let topic = try log.openTopic("t", partitions: 1)
        try await topic.append(values: ["a", "b"])
        let end = topic.end
        let commits = topic.commitCount
        self.apply(log, clock)
        #expect(topic.segmentSummaries.count == 1, "not old enough")
        clock.advance(RetentionTests.hour)
        self.apply(log, clock)
        try await self.waitForSegments(topic, 2)
        let began = ContinuousClock.now
        while topic.end == end, ContinuousClock.now - began < .seconds(10) { await Task.yield() }
        #expect(topic.end.segment == 1 && topic.commitCount == commits, "nothing was committed")
        #expect(try topic.read(from: end, maxBytes: 100) == LogReadResult(batches: [], next: topic.end))
        #expect(try topic.allRecords().map(\.value) == ["a", "b"])
        self.apply(log, clock)
        #expect(topic.segmentSummaries.count == 2, "an empty segment does not age")
        clock.advance(23 * RetentionTests.hour)
        self.apply(log, clock)
        #expect(topic.recordCount == 2, "to the millisecond")
        clock.advance(1)
        self.apply(log, clock)
        #expect(topic.recordCount == 0 && topic.startOffsets == [2] && topic.endOffsets == [2])
        #expect(disk.fileNames(in: "/log/t").filter { $0.hasSuffix(".log") } == ["00000000000000000001.log"])

        #expect(try topic.capture().files.map(\.name).last == "00000000000000000001.log")
        // Who had read everything lost nothing.
        #expect(try topic.read(from: end, maxBytes: 100).batches.isEmpty)
        try await topic.append(values: ["c"])
        let next = try topic.read(from: end, maxBytes: 100)
        #expect(try next.batches.flatMap { try $0.records }.map(\.offset) == [2])
        #expect(throws: EventLogError.self) { try topic.read(from: LogPosition(segment: 0, byte: 0), maxBytes: 100) }
        log.close()

        let reopened = try makeLog(disk, clock: clock, settings: settings)
        defer { reopened.close() }
        let again = try reopened.openTopic("t")
        #expect(try again.allRecords().map(\.offset) == [2])
        #expect(again.startOffsets == [2])
    }

    @Test("age counts from the last append of a segment, and the first one of the last segment outlives a kill")
    func afterKill() async throws {
        let clock = ManualClock(RetentionTests.start)
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, clock: clock)
        let topic = try log.openTopic("t", partitions: 1)
        try await topic.append(values: ["a"])
        clock.advance(RetentionTests.hour / 2)
        try await topic.append(values: ["b"])
        let killed = disk.afterKill()
        log.close()
        let reopened = try makeLog(killed, clock: clock)
        defer { reopened.close() }
        let again = try reopened.openTopic("t")
        clock.advance(RetentionTests.hour / 2 - 1)
        try await again.append(values: ["c"])
        #expect(again.segmentSummaries.count == 1)
        clock.advance(1)
        try await again.append(values: ["d"])
        #expect(again.segmentSummaries.count == 2)
    }

    @Test("bytes: the topic keeps what is asked for and at most a segment more, and the newest always")
    func bytes() async throws {
        let clock = ManualClock(RetentionTests.start)
        let settings = TopicSettings(retentionMilliseconds: nil, retentionBytes: 2_000)
        let log = try makeLog(SimulatedDisk(seed: 1), clock: clock, segmentBytesMax: 600, settings: settings)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        let values = (0..<40).map { "\($0) " + String(repeating: "x", count: 150) }
        for value in values {
            try await topic.append(values: [value])
            self.apply(log, clock)
            #expect(topic.startOffsets == [0] || (2_000..<2_600).contains(topic.storedBytes))
        }
        let first = Int(topic.startOffsets[0])
        #expect(first > 20)
        #expect(try topic.allRecords().map(\.value) == Array(values[first...]))
    }

    @Test("the gateway's own topics, and topics made before there were settings, are kept for ever until they are set")
    func keptForEver() async throws {
        let clock = ManualClock(RetentionTests.start)
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, clock: clock, segmentBytesMax: 300)
        for name in ["_own", "old"] {
            let topic = try log.openTopic(name, partitions: 1)
            try await topic.append(values: (0..<5).map { "\($0)" + String(repeating: "x", count: 200) })
        }
        log.close()
        disk.set("/log/old/topic.meta", Array(TopicDescription(partitionCount: 1, settings: nil).text.utf8))
        clock.advance(1_000 * RetentionTests.hour)
        let reopened = try makeLog(disk, clock: clock, segmentBytesMax: 300)
        defer { reopened.close() }
        self.apply(reopened, clock)
        for name in ["_own", "old"] {
            let topic = try #require(reopened.topic(named: name))
            #expect(topic.settings.retentionMilliseconds == nil && topic.recordCount == 5, "\(name)")
            var settings = topic.settings
            settings.retentionMilliseconds = RetentionTests.hour
            settings.segmentBytesMax = 1 << 20
            try reopened.configureTopic(name, settings: settings)
            self.apply(reopened, clock)
            #expect(topic.recordCount <= 1, "\(name): all sealed ones are gone")
        }
    }
}
