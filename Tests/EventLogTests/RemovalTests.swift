import EventLog
import LogFormat
import NIOCore
import TestSupport
import Testing

@Suite("Removing the oldest segments of a topic")
struct RemovalTests {
    private static let segmentBytesMax = 600

    /// A topic with one record of 200 bytes a cycle, about two to a segment.
    private func filled(_ disk: SimulatedDisk, _ count: Int) async throws -> (EventLog, LogTopic, [String]) {
        let log = try makeLog(disk)
        let topic = try log.openTopic("t", partitions: 1, segmentBytesMax: RemovalTests.segmentBytesMax)
        let values = (0..<count).map { "\($0) " + String(repeating: "x", count: 200) }
        try await topic.append(values: values)
        return (log, topic, values)
    }

    @Test("a topic has the segment size it is opened with, also when it is opened again")
    func segmentSize() async throws {
        let disk = SimulatedDisk(seed: 1)
        let (log, topic, _) = try await self.filled(disk, 10)
        #expect(topic.segmentSummaries.count >= 4)
        log.close()
        let reopened = try makeLog(disk)
        defer { reopened.close() }
        let same = try reopened.openTopic("t", segmentBytesMax: RemovalTests.segmentBytesMax)
        let before = same.segmentSummaries.count
        try await same.append(values: (0..<6).map { _ in String(repeating: "y", count: 300) })
        #expect(same.segmentSummaries.count >= before + 3)
    }

    @Test("records of removed segments are gone, the others keep their offsets, readers of the gone hear it")
    func removal() async throws {
        let disk = SimulatedDisk(seed: 1)
        let (log, topic, values) = try await self.filled(disk, 20)
        let segments = topic.segmentSummaries
        let kept = segments[3]
        let start = try topic.position(at: .earliest)
        try topic.removeSegments(before: kept.number)
        let first = Int(kept.startOffsets[0])
        #expect(topic.startOffsets == kept.startOffsets)
        #expect(try topic.allRecords().map(\.value) == Array(values[first...]))
        #expect(throws: EventLogError.self) { try topic.read(from: start, maxBytes: 1_000) }
        let gone = EventLogError.offsetOutOfRange(
            partition: 0,
            offset: Int64(first - 1),
            start: Int64(first),
            end: 20
        )
        #expect(throws: gone) { try topic.position(at: .offset(partition: 0, Int64(first - 1))) }
        log.close()

        let reopened = try makeLog(disk)
        defer { reopened.close() }
        let again = try reopened.openTopic("t")
        #expect(try again.allRecords().map(\.offset) == Array(Int64(first)..<20))
        #expect(try await again.append(values: ["next"])[0].offset == 20)
    }

    @Test("the last segment stays, whatever is asked for")
    func lastStays() async throws {
        let (log, topic, _) = try await self.filled(SimulatedDisk(seed: 1), 9)
        defer { log.close() }
        try topic.removeSegments(before: .max)
        #expect(topic.segmentSummaries.count == 1)
        #expect(try await topic.append(values: ["next"])[0].offset == 9)
        #expect(try topic.allRecords().last?.value == "next")
    }

    @Test("while a segment cannot be removed no other is, and the topic goes on")
    func failure() async throws {
        let disk = SimulatedDisk(seed: 1)
        let (log, topic, _) = try await self.filled(disk, 9)
        defer { log.close() }
        disk.remove(disk.fileNames(in: "/log/t").filter { $0.hasSuffix(".log") }.map { "/log/t/\($0)" }[0])
        disk.faults.operationsUntilCrash = 0
        #expect(throws: EventLogError.self) { try topic.removeSegments(before: .max) }
        let left = topic.segmentSummaries
        #expect(throws: EventLogError.self) { try topic.removeSegments(before: .max) }
        #expect(topic.segmentSummaries == left)
    }

    @Test(
        "a crash at any point of a removal leaves a topic that opens, begins at one of its segments and has no hole",
        arguments: 0..<14
    )
    func crash(operations: Int) async throws {
        for seed in 0..<20 {
            let disk = SimulatedDisk(seed: UInt64(seed))
            let (log, topic, values) = try await self.filled(disk, 20)
            let starts = topic.segmentSummaries.map(\.startOffsets)
            let number = topic.segmentSummaries[5].number
            disk.faults.operationsUntilCrash = operations
            let isDone = (try? topic.removeSegments(before: number)) != nil
            let after = seed % 2 == 0 ? disk.afterPowerCut() : disk.afterKill()
            log.close()

            let reopened = try makeLog(after)
            #expect(reopened.failures.isEmpty, "seed \(seed)")
            let again = try reopened.openTopic("t")
            #expect(starts.contains(again.startOffsets), "seed \(seed)")
            if isDone { #expect(again.startOffsets == starts[5], "seed \(seed)") }
            let first = Int(again.startOffsets[0])
            #expect(first <= Int(starts[5][0]), "seed \(seed)")
            #expect(try again.allRecords().map(\.value) == Array(values[first...]), "seed \(seed)")
            #expect(try await again.append(values: ["next"])[0].offset == 20, "seed \(seed)")
            reopened.close()
        }
    }

    @Test("an appender knows the offset of the first record of its last accepted submit")
    func firstOffset() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        let notices = [Notices(), Notices()]
        let appenders = notices.map { topic.makeAppender(onCommit: $0.callback) }
        var next: Int64 = 0
        for (turn, count) in [3, 1, 2, 5].enumerated() {
            let appender = appenders[turn % 2]
            for _ in 0..<count {
                appender.stage(RecordTemplate(key: nil, partition: 0), value: ByteBuffer(string: "v"))
            }
            guard case .accepted = appender.submit() else {
                Issue.record("refused")
                return
            }
            #expect(appender.firstOffset == next)
            next += Int64(count)
        }
        _ = await notices[0].next()
        _ = await notices[1].next()
    }
}
