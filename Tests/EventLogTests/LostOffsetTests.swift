import EventLog
import LogFormat
import LogTestSupport
import NIOCore
import Testing

@Suite("Partition reads and batches at the edges of what there is")
struct LostOffsetTests {
    /// A topic of eight records whose last one is gone from the file, though a clean stop had left it there.
    private func damaged(_ disk: SimulatedDisk) async throws -> (EventLog, LogTopic) {
        let log = try makeLog(disk)
        let topic = try log.openTopic("t", partitions: 2)
        for _ in 0..<8 { _ = try await topic.produce(BatchFixture()) }
        log.close()
        let path = "/log/t/00000000000000000000.log"
        disk.set(path, Array(try #require(disk.bytes(path)).dropLast(1)))
        let again = try makeLog(disk)
        return (again, try again.openTopic("t"))
    }

    @Test("a consumer at an offset that was lost is sent on behind it")
    func gap() async throws {
        let (log, topic) = try await self.damaged(SimulatedDisk(seed: 1))
        defer { log.close() }
        #expect(topic.endOffsets == [8, 0])
        let lost = try topic.readPartition(0, from: 7, maxBytes: 1_000, isFirstWhole: true)
        #expect(lost.batches.readableBytes == 0 && lost.nextOffset == 8 && lost.endOffset == 8)
        #expect(try topic.consume(0).map(\.offset) == Array(0..<7))
        let atEnd = try topic.readPartition(0, from: 8, maxBytes: 1_000, isFirstWhole: true)
        #expect(atEnd.nextOffset == 8)
        _ = try await topic.produce(BatchFixture(values: ["new"]))
        let next = try topic.readPartition(0, from: 7, maxBytes: 1_000, isFirstWhole: true)
        #expect(next.batches.readableBytes > 0 && next.nextOffset == 9)
        #expect(try topic.consume(0, from: 7) == [SeenRecord(partition: 0, offset: 8, value: "new")])
    }

    @Test("any number of bytes may be asked for", arguments: [Int.max, Int.max / 2, Int.max / 8 + 1])
    func manyBytes(maxBytes: Int) async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        for _ in 0..<3 { _ = try await topic.produce(BatchFixture()) }
        #expect(try topic.readPartition(0, from: 0, maxBytes: maxBytes, isFirstWhole: true).nextOffset == 3)
    }

    @Test("a batch for a partition that is not there is refused, and the others of the request are stored")
    func unknownPartition() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 2)
        let batches = try [-1, 1, 2].map { try checked(BatchFixture(), partition: $0) }
        let answers = Answers()
        topic.produce(batches, then: answers.callback)
        let outcomes = await answers.next()
        #expect(outcomes.count == 3 && outcomes[0] == .refused(.unknownPartition))
        #expect(outcomes.last == .refused(.unknownPartition))
        #expect(topic.endOffsets == [0, 1])
    }
}
