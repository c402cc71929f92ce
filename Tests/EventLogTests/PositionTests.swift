import EventLog
import LogFormat
import NIOCore
import TelemetryModel
import Testing

@Suite("Starting points and positions")
struct PositionTests {
    /// A topic of two partitions over several segments: record n has key "a" or "b" and is stamped 1000 + 10 n.
    private func filled(
        _ count: Int,
        segmentBytesMax: Int,
        isReopened: Bool
    ) async throws -> (EventLog, LogTopic, [RecordLocation]) {
        let disk = SimulatedDisk(seed: 1)
        let clock = ManualClock(0)
        let log = try makeLog(disk, clock: clock, segmentBytesMax: segmentBytesMax)
        let topic = try log.openTopic("t", partitions: 2)
        var locations: [RecordLocation] = []
        for number in 0..<count {
            clock.set(1_000 + Int64(number) * 10)
            let value = "\(number) " + String(repeating: "x", count: 1_000)
            locations += try await topic.append(values: [value], key: number % 3 == 0 ? "a" : "dev-001")
        }
        guard isReopened else { return (log, topic, locations) }
        log.close()
        let reopened = try makeLog(disk, clock: clock, segmentBytesMax: segmentBytesMax)
        return (reopened, try reopened.openTopic("t"), locations)
    }

    private func number(at position: LogPosition, of topic: LogTopic) throws -> Int? {
        let batch = try topic.read(from: position, maxBytes: 1).batches.first
        let value = try batch?.records.first.map { String(buffer: $0.value) }
        return value.flatMap { $0.split(separator: " ").first }.flatMap { Int($0) }
    }

    @Test(
        "every time and every offset finds its batch, in one segment and over many, before and after a restart",
        arguments: [(1 << 20, false), (1 << 20, true), (20_000, false), (20_000, true), (100_000, true)]
    )
    func search(segmentBytesMax: Int, isReopened: Bool) async throws {
        let count = 300
        let (log, topic, locations) = try await self.filled(
            count,
            segmentBytesMax: segmentBytesMax,
            isReopened: isReopened
        )
        defer { log.close() }
        for (number, location) in locations.enumerated() {
            let time = 1_000 + Int64(number) * 10
            for start in [
                StartPoint.time(Timestamp(milliseconds: time)), .time(Timestamp(milliseconds: time - 9)),
                .offset(partition: location.partition, location.offset),
            ] {
                let position = try topic.position(at: start)
                #expect(try self.number(at: position, of: topic) == number, "\(start)")
            }
        }
        #expect(try self.number(at: topic.position(at: .earliest), of: topic) == 0)
        #expect(try self.number(at: topic.position(at: .time(Timestamp(milliseconds: 0))), of: topic) == 0)
        let behind = Timestamp(milliseconds: 1_000 + Int64(count) * 10)
        #expect(try topic.position(at: .time(behind)) == topic.end)
        #expect(try topic.position(at: .end) == topic.end)
        for (partition, end) in topic.endOffsets.enumerated() {
            #expect(try topic.position(at: .offset(partition: partition, end)) == topic.end)
        }
    }

    @Test("offsets and partitions that are not there are named with what is")
    func outside() async throws {
        let (log, topic, _) = try await self.filled(4, segmentBytesMax: 1 << 20, isReopened: false)
        defer { log.close() }
        let end = topic.endOffsets[0]
        for offset in [-1, end + 1, Int64.max, Int64.min] {
            #expect(throws: EventLogError.offsetOutOfRange(partition: 0, offset: offset, start: 0, end: end)) {
                try topic.position(at: .offset(partition: 0, offset))
            }
        }
        for partition in [-1, 2] {
            #expect(throws: EventLogError.unknownPartition(topic: "t", partition: partition, count: 2)) {
                try topic.position(at: .offset(partition: partition, 0))
            }
        }
    }

    @Test("reading goes on at the position it returned, whatever the sizes, and each batch knows its own place")
    func continuing() async throws {
        let (log, topic, _) = try await self.filled(40, segmentBytesMax: 20_000, isReopened: false)
        defer { log.close() }
        let whole = try topic.allRecords(maxBytes: 1 << 20)
        #expect(whole.count == 40)
        for maxBytes in [-1, 0, 1, 80, 81, 1_000, 1_150, 5_000, 20_000] {
            #expect(try topic.allRecords(maxBytes: maxBytes) == whole)
        }
        var position = try topic.position(at: .earliest)
        while position < topic.end {
            let result = try topic.read(from: position, maxBytes: 5_000)
            for batch in result.batches {
                #expect(try topic.read(from: batch.position, maxBytes: 1).batches.first == batch)
                #expect(batch.position < result.next)
            }
            position = result.next
        }
        #expect(try topic.read(from: LogPosition(segment: 0, byte: 0), maxBytes: 1).batches.count == 1)
    }

    @Test("a position between batches, behind the end or in no segment is an error, never a wrong record")
    func foreignPositions() async throws {
        let (log, topic, _) = try await self.filled(20, segmentBytesMax: 8_000, isReopened: false)
        defer { log.close() }
        var good: Set<LogPosition> = []
        var ends: Set<LogPosition> = []
        var position = try topic.position(at: .earliest)
        while position < topic.end {
            let result = try topic.read(from: position, maxBytes: 1)
            good.formUnion(result.batches.map(\.position))
            ends.insert(result.next)
            position = result.next
        }
        #expect(good.count == 20)
        for segment in 0..<topic.end.segment {
            for byte in UInt64(60)..<1_500 {
                let asked = LogPosition(segment: segment, byte: byte)
                if good.contains(asked) {
                    #expect(try topic.read(from: asked, maxBytes: 1).batches[0].position == asked)
                } else if !ends.contains(asked) {
                    #expect(throws: EventLogError.self) { try topic.read(from: asked, maxBytes: 1) }
                }
            }
        }
        for asked in [
            LogPosition(segment: topic.end.segment, byte: topic.end.byte + 1),
            LogPosition(segment: topic.end.segment + 1, byte: 0), LogPosition(segment: .max, byte: .max),
            LogPosition(segment: 0, byte: .max),
        ] {
            let earliest = try topic.position(at: .earliest)
            #expect(throws: EventLogError.positionOutOfRange(asked, earliest: earliest, end: topic.end)) {
                try topic.read(from: asked, maxBytes: 1)
            }
        }
    }

    @Test(
        "waiting ends when a record is synced, at once when one is there, and when it is cancelled",
        .timeLimit(.minutes(1))
    )
    func waiting() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        defer { log.close() }
        let topic = try log.openTopic("t")
        let start = topic.end
        let woken = Task { () -> Int in
            await topic.waitForRecords(after: start)
            return try topic.allRecords(from: start).count
        }
        let others = (0..<50).map { _ in Task { await topic.waitForRecords(after: start) } }
        try await topic.append(values: ["a"])
        #expect(try await woken.value == 1)
        for other in others { await other.value }
        await topic.waitForRecords(after: start)

        let cancelled = Task { await topic.waitForRecords(after: topic.end) }
        let early = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await topic.waitForRecords(after: topic.end)
        }
        cancelled.cancel()
        await cancelled.value
        await early.value
        let end = topic.end
        let closed = Task { await topic.waitForRecords(after: end) }
        log.close()
        await closed.value
    }
}
