import EventLog
import LogFormat
import LogTestSupport
import NIOCore
import Synchronization
import TestSupport
import Testing

@Suite("Reading one partition, contracts/kafka.md §6", .timeLimit(.minutes(5)))
struct ReadPartitionTests {
    /// A topic with four partitions whose batches stand between each other, over several segments.
    private func fill(
        _ topic: LogTopic,
        cycles: Int,
        bytes: ClosedRange<Int>,
        _ random: inout SeededGenerator
    ) async throws {
        for _ in 0..<cycles {
            let count = Int.random(in: 1...6, using: &random)
            var batches: [ProducerBatch] = []
            for _ in 0..<count {
                let records = Int.random(in: 1...5, using: &random)
                let values = (0..<records).map { _ in
                    String(repeating: "v", count: Int.random(in: bytes, using: &random))
                }
                batches.append(try checked(BatchFixture(values: values), partition: .random(in: 0..<4, using: &random)))
            }
            let all = batches
            await withCheckedContinuation { continuation in
                topic.produce(all) { _ in continuation.resume() }
            }
        }
    }

    /// What a partition holds, taken out of the whole topic.
    private func expected(_ topic: LogTopic, _ partition: Int) throws -> [SeenRecord] {
        try topic.allRecords(maxBytes: 100_000).filter { $0.partition == partition }
    }

    @Test(
        "each partition reads as its part of the topic, whatever the sizes",
        arguments: [1...20, 500...3_000, 0...60_000]
    )
    func parts(bytes: ClosedRange<Int>) async throws {
        var random = SeededGenerator.announced()
        let log = try makeLog(SimulatedDisk(seed: 1), segmentBytesMax: 1 << 20)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 4, segmentBytesMax: 150_000)
        try await self.fill(topic, cycles: bytes.upperBound > 10_000 ? 60 : 200, bytes: bytes, &random)
        for partition in 0..<4 {
            let all = try self.expected(topic, partition)
            for maxBytes in [1, 1_000, 65_536, 1 << 20] {
                #expect(try topic.consume(partition, maxBytes: maxBytes) == all, "\(partition) by \(maxBytes)")
            }
            for _ in 0..<20 {
                let offset = Int64.random(in: 0...topic.endOffsets[partition], using: &random)
                #expect(try topic.consume(partition, from: offset) == Array(all[Int(offset)...]), "from \(offset)")
            }
        }
    }

    @Test("an answer has whole batches within its limit, the first one whatever it has when that is asked")
    func limits() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 2)
        let big = BatchFixture(values: [String(repeating: "b", count: 5_000)])
        for _ in 0..<3 { _ = try await topic.produce(big, partition: 1) }
        let size = big.bytes().count
        for (maxBytes, isFirstWhole, count) in [
            (0, true, 1), (0, false, 0), (size - 1, false, 0), (size, false, 1), (2 * size - 1, true, 1),
            (2 * size, true, 2), (1 << 20, false, 3),
        ] {
            let read = try topic.readPartition(1, from: 0, maxBytes: maxBytes, isFirstWhole: isFirstWhole)
            #expect(read.batches.readableBytes == count * size)
            #expect(read.nextOffset == Int64(count) && read.startOffset == 0 && read.endOffset == 3)
        }
    }

    @Test("the batch that holds the offset comes first, also when it begins before it")
    func inside() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        for _ in 0..<3 { _ = try await topic.produce(BatchFixture(values: ["a", "b", "c"])) }
        let read = try topic.readPartition(0, from: 4, maxBytes: 1, isFirstWhole: true)
        var reader = try RecordBatchReader(read.batches)
        #expect(try reader.remaining().map(\.offset) == [3, 4, 5])
        #expect(read.nextOffset == 6)
    }

    @Test("at the end there is nothing, and beyond the ends an error with both of them")
    func ends() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        let topic = try log.openTopic("t", partitions: 2)
        let empty = PartitionRead(batches: ByteBuffer(), nextOffset: 0, startOffset: 0, endOffset: 0)
        #expect(try topic.readPartition(1, from: 0, maxBytes: 100, isFirstWhole: true) == empty)
        _ = try await topic.produce(BatchFixture(values: ["a", "b"]), partition: 1)
        let end = PartitionRead(batches: ByteBuffer(), nextOffset: 2, startOffset: 0, endOffset: 2)
        #expect(try topic.readPartition(1, from: 2, maxBytes: 100, isFirstWhole: true) == end)
        for offset in [Int64(-1), 3, .max, .min] {
            #expect(throws: EventLogError.offsetOutOfRange(partition: 1, offset: offset, start: 0, end: 2)) {
                try topic.readPartition(1, from: offset, maxBytes: 100, isFirstWhole: true)
            }
        }
        for partition in [-1, 2] {
            #expect(throws: EventLogError.unknownPartition(topic: "t", partition: partition, count: 2)) {
                try topic.readPartition(partition, from: 0, maxBytes: 100, isFirstWhole: true)
            }
        }
        log.close()
        #expect(throws: EventLogError.closed(topic: "t")) {
            try topic.readPartition(1, from: 0, maxBytes: 100, isFirstWhole: true)
        }
    }

    @Test("nothing is read before its sync")
    func unsynced() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        _ = try await topic.produce(BatchFixture())
        let gate = Gate()
        disk.beforeSync.withLock { $0 = { gate.pass() } }
        let answers = Answers()
        topic.produce([try checked(BatchFixture())], then: answers.callback)
        #expect(gate.waitForArrival())
        let read = try topic.readPartition(0, from: 0, maxBytes: 1_000, isFirstWhole: true)
        #expect(read.nextOffset == 1 && read.endOffset == 1)
        gate.open(10)
        _ = await answers.next()
        #expect(try topic.readPartition(0, from: 1, maxBytes: 1_000, isFirstWhole: true).nextOffset == 2)
    }

    @Test("removed segments move the start; reading before it says so")
    func removed() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 2, segmentBytesMax: 600)
        for number in 0..<10 {
            let fixture = BatchFixture(values: [String(repeating: "v", count: 300)])
            _ = try await topic.produce(fixture, partition: number % 2)
        }
        let whole = try topic.consume(0)
        let second = topic.segmentSummaries[2]
        try topic.removeSegments(before: second.number)
        let start = second.startOffsets[0]
        #expect(start > 0)
        #expect(throws: EventLogError.offsetOutOfRange(partition: 0, offset: 0, start: start, end: 5)) {
            try topic.readPartition(0, from: 0, maxBytes: 1_000, isFirstWhole: true)
        }
        #expect(try topic.consume(0) == Array(whole[Int(start)...]))
    }

    @Test("a partition whose next batch stands far behind others is found")
    func far() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1), pendingBytesMax: 64 << 20)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 2, segmentBytesMax: 8 << 20)
        let big = BatchFixture(values: [String(repeating: "b", count: 200_000)])
        for number in 0..<3 {
            _ = try await topic.produce(BatchFixture(values: ["s\(number)"]), partition: 0)
            for _ in 0..<60 { _ = try await topic.produce(big, partition: 1) }
        }
        let read = try topic.readPartition(0, from: 0, maxBytes: 1 << 20, isFirstWhole: true)
        #expect(read.nextOffset == 3)
        #expect(try topic.consume(0, maxBytes: 1).map(\.value) == ["s0", "s1", "s2"])
        #expect(try topic.consume(1, maxBytes: 1 << 20).count == 180)
    }

    @Test("offsets more than 2³² behind a segment's first are found, as compressed batches can make them")
    func wideOffsets() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1), segmentBytesMax: 4 << 20)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        let packed = BatchFixture(attributes: 4, records: [1])
        var header = packed.header
        header.recordCount = Int32(ProducerBatch.compressedCountMax)
        header.lastOffsetDelta = header.recordCount - 1
        let batch = try ProducerBatch.check(
            ByteBuffer(bytes: packed.bytes(header: header)),
            partition: 0,
            sizeMax: 1_000
        )
        let wide = Int64(512) * Int64(ProducerBatch.compressedCountMax)
        let answers = Answers()
        topic.produce(Array(repeating: batch, count: 512), then: answers.callback)
        _ = await answers.next()
        #expect(topic.endOffsets == [wide])
        let values = (0..<10).map { "\($0)" + String(repeating: "v", count: 70_000) }
        for value in values { _ = try await topic.produce(BatchFixture(values: [value])) }
        for offset in (0..<10).reversed() {
            #expect(try topic.consume(0, from: wide + Int64(offset)).map(\.value) == Array(values[offset...]))
        }
        let first = try topic.readPartition(0, from: wide - 1, maxBytes: 1, isFirstWhole: true)
        #expect(first.nextOffset == wide)
    }

    @Test("a damaged batch ends an answer, and the next one names file and byte")
    func damaged() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        let topic = try log.openTopic("t", partitions: 1, segmentBytesMax: 1_000)
        for number in 0..<8 {
            _ = try await topic.produce(BatchFixture(values: ["\(number)" + String(repeating: "v", count: 200)]))
        }
        log.close()
        let path = "/log/t/00000000000000000000.log"
        var bytes = try #require(disk.bytes(path))
        let stride = StoredFrame.size + BatchFixture(values: [String(repeating: "v", count: 201)]).bytes().count
        let second = SegmentHeader.size(partitionCount: 1) + stride
        bytes[second + 150] ^= 1
        disk.set(path, bytes)
        let again = try makeLog(disk)
        defer { again.close() }
        let reopened = try again.openTopic("t")
        #expect(try reopened.readPartition(0, from: 0, maxBytes: 1 << 20, isFirstWhole: true).nextOffset == 1)
        for _ in 0..<2 {
            let failure = #expect(throws: EventLogError.self) {
                try reopened.readPartition(0, from: 1, maxBytes: 1 << 20, isFirstWhole: true)
            }
            guard case .readDamaged(path, UInt64(second), _) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
        let behind = reopened.segmentSummaries[1].startOffsets[0]
        #expect(try reopened.consume(0, from: behind).count == 8 - Int(behind))
    }

    @Test("readers at the tail that go on where they ended read only what is new")
    func tail() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 4)
        var next = [Int64](repeating: 0, count: 4)
        for number in 0..<40 {
            for partition in 0..<4 {
                let fixture = BatchFixture(values: ["\(number)", String(repeating: "v", count: 4_000)])
                _ = try await topic.produce(fixture, partition: partition)
            }
            let before = disk.bytesRead
            for partition in 0..<4 {
                let read = try topic.readPartition(
                    partition,
                    from: next[partition],
                    maxBytes: 1 << 20,
                    isFirstWhole: true
                )
                #expect(read.nextOffset == next[partition] + 2)
                next[partition] = read.nextOffset
            }
            // 16 KiB are new, and each of four readers looks at them once, or twice where another stood before.
            if number > 1 { #expect(disk.bytesRead - before <= 8 * 17_000, "\(number)") }
        }
    }
}
