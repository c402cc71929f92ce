import EventLog
import LogFormat
import LogTestSupport
import NIOCore
import TelemetryModel
import Testing

@Suite(
    "A segment of producers' batches cut and flipped at every byte, frames included, STYLE §7",
    .timeLimit(.minutes(10))
)
struct ProduceEveryByteTests {
    private static let last = "/log/t/00000000000000000001.log"
    private static let sealed = "/log/t/00000000000000000000.log"

    /// A disk with two segments of producers' batches and staged records, and what each partition holds.
    private func makeDisk() async throws -> (SimulatedDisk, [[SeenRecord]]) {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        let topic = try log.openTopic("t", partitions: 2, segmentBytesMax: 900)
        for cycle in 0..<5 {
            let answers = Answers()
            let batches = try (0...(cycle % 2)).map { partition in
                let sequence = Int32(partition == 0 ? cycle * 2 : cycle - 1)
                return try checked(
                    BatchFixture(
                        values: ["\(cycle)/\(partition)", "second"],
                        producerID: 1,
                        producerEpoch: 0,
                        baseSequence: sequence
                    ),
                    partition: partition
                )
            }
            topic.produce(batches, then: answers.callback)
            _ = await answers.next()
            try await topic.append(values: ["staged \(cycle)"])
        }
        let records = try (0..<2).map { try topic.consume($0) }
        #expect(topic.end.segment == 1 && records.reduce(0) { $0 + $1.count } == 19)
        let after = disk.afterKill()
        log.close()
        return (after, records)
    }

    /// Opens the disk with a changed file and consumes each partition from every offset: right records or an error.
    private func check(
        _ disk: SimulatedDisk,
        _ path: String,
        _ bytes: [UInt8],
        _ whole: [[SeenRecord]],
        _ comment: String
    ) async throws -> Bool {
        let copy = disk.afterKill()
        copy.set(path, bytes)
        let log = try makeLog(copy)
        defer { log.close() }
        guard let topic = log.topic(named: "t") else { return false }
        for partition in 0..<2 {
            let end = topic.endOffsets[partition]
            #expect(end <= whole[partition].count, "\(comment)")
            for offset in 0..<end {
                var next = offset
                while next < end,
                    let read = try? topic.readPartition(partition, from: next, maxBytes: 1, isFirstWhole: true)
                {
                    var reader = try RecordBatchReader(read.batches)
                    for record in try reader.remaining() {
                        let seen = SeenRecord(
                            partition: partition,
                            offset: record.offset,
                            value: String(buffer: record.value)
                        )
                        #expect(whole[partition].contains(seen), "\(comment): a wrong record at \(record.offset)")
                    }
                    #expect(read.nextOffset > next, "\(comment): an answer brings the reader on")
                    next = max(read.nextOffset, next + 1)
                }
                _ = try? topic.offset(ofTime: .init(milliseconds: 1_795_000_000_000), partition: partition)
            }
        }
        // The next batch of the producer is stored, recognised or refused; it never traps.
        let numbered = BatchFixture(values: ["next"], producerID: 1, producerEpoch: 0, baseSequence: 10)
        _ = try await topic.produce(numbered)
        return true
    }

    @Test("the last segment, cut, opens and serves what is left")
    func cutLast() async throws {
        let (disk, whole) = try await self.makeDisk()
        let bytes = try #require(disk.bytes(Self.last))
        for length in 0..<bytes.count {
            let cut = Array(bytes[..<length])
            let isOpen = try await self.check(disk, Self.last, cut, whole, "cut at \(length)")
            #expect(isOpen == (length >= SegmentHeader.size(partitionCount: 2)))
        }
    }

    @Test("any segment, flipped, is refused or serves only right records", arguments: [Self.last, Self.sealed])
    func flip(path: String) async throws {
        let (disk, whole) = try await self.makeDisk()
        let bytes = try #require(disk.bytes(path))
        for index in bytes.indices {
            for mask in [UInt8(0x01), 0x80] {
                var flipped = bytes
                flipped[index] ^= mask
                _ = try await self.check(disk, path, flipped, whole, "byte \(index) ^ \(mask)")
            }
        }
    }

    @Test("a sealed segment, cut, serves only right records")
    func cutSealed() async throws {
        let (disk, whole) = try await self.makeDisk()
        let bytes = try #require(disk.bytes(Self.sealed))
        for length in stride(from: 0, to: bytes.count, by: 3) {
            _ = try await self.check(disk, Self.sealed, Array(bytes[..<length]), whole, "cut at \(length)")
        }
    }
}
