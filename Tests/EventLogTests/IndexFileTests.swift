import EventLog
import LogFormat
import NIOCore
import TelemetryModel
import Testing

@Suite("Index files: a cache that is made again when missing or wrong; start-up grows with the active segment")
struct IndexFileTests {
    private static let segmentBytes = 1 << 20
    private static let sealedIndex = "/log/t/00000000000000000001.index"

    /// A topic of two partitions with several sealed segments of small records, every cycle a second later.
    private func fill(_ disk: SimulatedDisk) async throws -> [SeenRecord] {
        let clock = ManualClock()
        let log = try makeLog(disk, clock: clock, segmentBytesMax: IndexFileTests.segmentBytes)
        let topic = try log.openTopic("t", partitions: 2)
        let value = [UInt8](repeating: 7, count: 3_000)
        for _ in 0..<145 {
            clock.advance(1_000)
            _ = try await topic.append((0..<8).map { NewRecord(key: [UInt8($0)], value: value) })
        }
        let records = try topic.allRecords(maxBytes: 1 << 20)
        #expect(topic.segmentSummaries.count == 4)
        log.close()
        return records
    }

    /// The positions of many offsets and times, searched anew.
    private func positions(_ topic: LogTopic) throws -> [LogPosition] {
        var positions: [LogPosition] = []
        for partition in 0..<2 {
            for offset in stride(from: topic.startOffsets[partition], to: topic.endOffsets[partition], by: 37) {
                positions.append(try topic.position(at: .offset(partition: partition, offset)))
            }
        }
        for second in stride(from: 0, to: 150, by: 7) {
            let time = Timestamp(milliseconds: 1_795_000_000_000 + Int64(second) * 1_000)
            positions.append(try topic.position(at: .time(time)))
        }
        return positions
    }

    @Test("a clean start reads headers and the last 64 KiB, one after a kill the last segment, neither the others")
    func startUp() async throws {
        let disk = SimulatedDisk(seed: 1)
        let records = try await self.fill(disk)
        let lastBytes = try #require(disk.bytes("/log/t/00000000000000000003.log")).count
        #expect(lastBytes > 300_000)

        var before = disk.counts.bytesRead
        let log = try makeLog(disk, segmentBytesMax: IndexFileTests.segmentBytes)
        #expect(disk.counts.bytesRead - before < 110_000)
        let topic = try log.openTopic("t")
        try await topic.append(values: ["next"])
        #expect(try topic.allRecords(maxBytes: 1 << 20).dropLast() == records[...])
        let killed = disk.afterKill()
        log.close()

        before = killed.counts.bytesRead
        let reopened = try makeLog(killed, segmentBytesMax: IndexFileTests.segmentBytes)
        #expect(killed.counts.bytesRead - before < lastBytes + 300_000)
        #expect(reopened.topic(named: "t")?.recordCount == Int64(records.count) + 1)
        reopened.close()
    }

    @Test("searches in sealed segments use the index files, and find the same when those are missing or wrong")
    func searches() async throws {
        let disk = SimulatedDisk(seed: 1)
        _ = try await self.fill(disk)
        let names = disk.fileNames(in: "/log/t").filter { $0.hasSuffix(".index") }
        #expect(names == (0..<4).map { "0000000000000000000\($0).index" })
        let log = try makeLog(disk, segmentBytesMax: IndexFileTests.segmentBytes)
        let before = disk.counts.bytesRead
        _ = try #require(log.topic(named: "t")).position(at: .offset(partition: 0, 200))
        #expect(disk.counts.bytesRead - before < 300_000, "not all of a segment")
        let expected = try self.positions(try log.openTopic("t"))
        log.close()

        let whole = try #require(disk.bytes(IndexFileTests.sealedIndex))
        let other = try #require(disk.bytes("/log/t/00000000000000000000.index"))
        let zeros = [UInt8](repeating: 0, count: 100)
        var wrong: [[UInt8]?] = [nil, [], Array(whole.dropLast()), whole + [0], other, zeros]
        for index in stride(from: 0, to: whole.count, by: 5) {
            var flipped = whole
            flipped[index] ^= 0x10
            wrong.append(flipped)
        }
        for (number, bytes) in wrong.enumerated() {
            disk.remove(IndexFileTests.sealedIndex)
            if let bytes { disk.set(IndexFileTests.sealedIndex, bytes) }
            let log = try makeLog(disk, segmentBytesMax: IndexFileTests.segmentBytes)
            let topic = try log.openTopic("t")
            if number < 6 {
                #expect(try self.positions(topic) == expected, "\(number)")
            } else {
                let offset = topic.segmentSummaries[1].startOffsets[0] + 50
                let found = try topic.position(at: .offset(partition: 0, offset))
                #expect(found.segment == 1)
            }
            // It was made again.
            #expect(disk.bytes(IndexFileTests.sealedIndex)?.count == whole.count, "\(number)")
            log.close()
        }
    }

    @Test("the index of the last segment is only taken after a clean stop that left exactly these bytes")
    func lastSegment() async throws {
        let disk = SimulatedDisk(seed: 1)
        let records = try await self.fill(disk)
        let path = "/log/t/00000000000000000003.index"
        let whole = try #require(disk.bytes(path))
        let segment = try #require(disk.bytes("/log/t/00000000000000000003.log"))
        for index in stride(from: 0, to: whole.count, by: 3) {
            var flipped = whole
            flipped[index] ^= 1
            let copy = disk.afterKill()
            copy.set(path, flipped)
            let log = try makeLog(copy, segmentBytesMax: IndexFileTests.segmentBytes)
            #expect(log.topic(named: "t")?.recordCount == Int64(records.count), "byte \(index)")
            log.close()
        }
        // A tail that was changed after the clean stop is looked at whole: reported, and copied.
        let copy = disk.afterKill()
        var changed = segment
        changed[changed.count - 10] ^= 1
        copy.set("/log/t/00000000000000000003.log", changed)
        let log = try makeLog(copy, segmentBytesMax: IndexFileTests.segmentBytes)
        #expect(copy.bytes("/log/t/00000000000000000003.log.lost") != nil)
        let kept = try #require(log.topic(named: "t")).allRecords(maxBytes: 1 << 20)
        #expect(kept.count < records.count && kept == Array(records.prefix(kept.count)))
        log.close()
    }

    @Test("an index goes with its segment, and one that a crash left alone at the next start")
    func removal() async throws {
        let disk = SimulatedDisk(seed: 1)
        _ = try await self.fill(disk)
        disk.remove("/log/t/00000000000000000000.log")
        let log = try makeLog(disk, segmentBytesMax: IndexFileTests.segmentBytes)
        defer { log.close() }
        #expect(disk.bytes("/log/t/00000000000000000000.index") == nil)
        try #require(log.topic(named: "t")).removeSegments(before: 2)
        #expect(disk.bytes(IndexFileTests.sealedIndex) == nil)
        #expect(disk.bytes("/log/t/00000000000000000002.index") != nil)
    }
}
