import EventLog
import LogFormat
import LogTestSupport
import NIOCore
import TelemetryModel
import TestSupport
import Testing

@Suite("The first record of a time, contracts/kafka.md §7", .timeLimit(.minutes(2)))
struct TimeSearchTests {
    private func found(_ topic: LogTopic, _ time: Int64, _ partition: Int) throws -> [Int64] {
        let found = try topic.offset(ofTime: Timestamp(milliseconds: time), partition: partition)
        return found.map { [$0.offset, $0.time.milliseconds] } ?? []
    }

    /// The same in turns of so many bytes, and how many turns it took.
    private func inTurns(_ topic: LogTopic, _ time: Int64, bytes: UInt64) throws -> (found: [Int64], turns: Int) {
        var search = try topic.search(forTime: Timestamp(milliseconds: time), partition: 1)
        var turns = 1
        while try !search.goOn(bytesMax: bytes) { turns += 1 }
        return (search.found.map { [$0.offset, $0.time.milliseconds] } ?? [], turns)
    }

    @Test("by append time: the first batch that was appended then or later, also over segments without the partition")
    func appendTime() async throws {
        let clock = ManualClock(1_000)
        let log = try makeLog(SimulatedDisk(seed: 1), clock: clock)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 2, segmentBytesMax: 700)
        for step in 0..<12 {
            clock.set(1_000 + Int64(step) * 10)
            let isRare = step == 2 || step == 9
            let values = ["a", String(repeating: "v", count: 200)]
            _ = try await topic.produce(BatchFixture(values: values, baseTimestamp: 7), partition: isRare ? 1 : 0)
        }
        #expect(topic.end.segment > 3)
        for (time, expected) in [
            (Int64(0), [Int64(0), 1_020]), (1_020, [0, 1_020]), (1_021, [2, 1_090]), (1_090, [2, 1_090]),
            (1_091, []), (.max, []), (.min, [0, 1_020]),
        ] {
            #expect(try self.found(topic, time, 1) == expected, "\(time)")
        }
        #expect(try self.found(topic, 1_005, 0) == [2, 1_010])
        // In turns: each pauses behind a batch, or at the end of a segment.
        let (inTurns, turns) = try self.inTurns(topic, 1_021, bytes: 1)
        #expect(inTurns == [2, 1_090])
        #expect(turns >= 3)
        #expect(try self.inTurns(topic, 1_091, bytes: 1).found == [])
        #expect(throws: EventLogError.unknownPartition(topic: "t", partition: 2, count: 2)) {
            try topic.offset(ofTime: Timestamp(milliseconds: 0), partition: 2)
        }
    }

    @Test("by the producers' times: the first record that is not earlier, as a walk over all of them finds it")
    func createTime() async throws {
        var random = SeededGenerator.announced()
        let now: Int64 = 1_795_000_000_000
        let clock = ManualClock(now)
        let log = try makeLog(SimulatedDisk(seed: 1), clock: clock)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 2)
        try log.configureTopic("t", settings: TopicSettings(timestampType: .createTime))
        _ = try log.openTopic("t", segmentBytesMax: 2_000)
        var times: [[Int64]] = [[], []]
        for step in 0..<100 {
            clock.set(now + Int64(step) * 1_000)
            let partition = Int.random(in: 0..<2, using: &random)
            let start = now + Int64.random(in: -500_000...500_000, using: &random)
            let timeStep = Int.random(in: -5_000...5_000, using: &random)
            let fixture = BatchFixture(values: ["a", "b", "c"], timeStep: timeStep, baseTimestamp: start)
            _ = try await topic.produce(fixture, partition: partition)
            times[partition] += (0..<3).map { start + Int64($0 * timeStep) }
        }
        #expect(topic.end.segment > 3)
        // Twice: the second time with what the first has learned.
        for _ in 0..<2 {
            for _ in 0..<200 {
                let time = now + Int64.random(in: -600_000...600_000, using: &random)
                for partition in 0..<2 {
                    let offset = times[partition].firstIndex { $0 >= time }
                    let expected = offset.map { [Int64($0), times[partition][$0]] } ?? []
                    if partition == 1, Bool.random(using: &random) {
                        let bytes = UInt64.random(in: 1...3_000, using: &random)
                        #expect(try self.inTurns(topic, time, bytes: bytes).found == expected)
                    }
                    #expect(try self.found(topic, time, partition) == expected)
                }
            }
        }
    }

    @Test("a compressed batch is opened when someone can, else all of it is the answer")
    func compressed() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1), clock: ManualClock(5_000))
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        try log.configureTopic("t", settings: TopicSettings(timestampType: .createTime))
        let plain = BatchFixture(values: ["a", "b", "c"], timeStep: 10, baseTimestamp: 1_000)
        var packed = plain
        packed.attributes = 4
        packed.records = [1, 2, 3]
        _ = try await topic.produce(packed)
        #expect(try self.found(topic, 1_005, 0) == [0, 1_020])
        let records = ByteBuffer(bytes: plain.recordBytes)
        let found = try topic.offset(ofTime: Timestamp(milliseconds: 1_005), partition: 0) {
            (_, _) throws(RecordBatchError) in records
        }
        #expect(found?.offset == 1 && found?.time.milliseconds == 1_010)
        #expect(try self.found(topic, 1_021, 0) == [])
    }
}
