import EventLog
import LogFormat
import NIOCore
import TestSupport
import Testing

@Suite("A segment cut and flipped at every byte, frames included, STYLE §7")
struct EveryByteTests {
    private static let last = "/log/t/00000000000000000001.log"
    private static let sealed = "/log/t/00000000000000000000.log"

    /// What a topic shows from a position on until its end or an error, batch by batch.
    private func readable(_ topic: LogTopic, from start: LogPosition) -> (records: [SeenRecord], isWhole: Bool) {
        var position = start
        var records: [SeenRecord] = []
        while true {
            guard let result = try? topic.read(from: position, maxBytes: 1) else { return (records, false) }
            for batch in result.batches {
                guard let read = try? batch.records else { return (records, false) }
                records += read.map {
                    SeenRecord(partition: batch.partition, offset: $0.offset, value: String(buffer: $0.value))
                }
            }
            if result.batches.isEmpty, result.next == position { return (records, true) }
            position = result.next
        }
    }

    /// A disk with two segments of two partitions: cycles of one and of two batches; and all its records in order.
    private func makeDisk(isClean: Bool) async throws -> (SimulatedDisk, [SeenRecord]) {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, segmentBytesMax: 900)
        let topic = try log.openTopic("t", partitions: 2)
        let notices = Notices()
        let appender = topic.makeAppender(onCommit: notices.callback)
        for cycle in 0..<8 {
            for partition in 0...(cycle % 2) {
                let value = ByteBuffer(string: "\(cycle)/\(partition)")
                appender.stage(RecordTemplate(key: Array("key".utf8), partition: partition), value: value)
            }
            _ = appender.submit()
            _ = await notices.next()
        }
        let records = try topic.allRecords()
        #expect(topic.end.segment == 1 && records.count == 12)
        let after = isClean ? disk : disk.afterKill()
        log.close()
        return (after, records)
    }

    /// Opens the disk with a changed file, and checks that everything it shows is right.
    private func check(
        _ disk: SimulatedDisk,
        _ path: String,
        _ bytes: [UInt8],
        _ whole: [SeenRecord],
        _ comment: String
    ) throws -> (isOpen: Bool, shown: Int) {
        let copy = disk.afterKill()
        copy.set(path, bytes)
        let log = try makeLog(copy, segmentBytesMax: 900)
        defer { log.close() }
        guard let topic = log.topic(named: "t") else {
            #expect(copy.bytes(path) == bytes, "\(comment): a topic that is refused is left as it is")
            return (false, 0)
        }
        let (front, isWhole) = self.readable(topic, from: LogPosition(segment: 0, byte: 0))
        #expect(front == Array(whole.prefix(front.count)), "\(comment): wrong record or order")
        if path == EveryByteTests.last { #expect(isWhole, "\(comment): what recovery keeps can be read") }
        let (back, _) = self.readable(topic, from: LogPosition(segment: 1, byte: 0))
        #expect(back.allSatisfy { whole.contains($0) }, "\(comment): wrong record in the last segment")
        for partition in 0..<2 {
            let end = topic.endOffsets[partition]
            #expect(whole.filter { $0.partition == partition }.count >= Int(end), "\(comment)")
        }
        return (true, front.count)
    }

    @Test("the last segment, cut after a crash, always opens with its whole batches", arguments: [false, true])
    func cutLast(isClean: Bool) async throws {
        let (disk, whole) = try await self.makeDisk(isClean: isClean)
        let bytes = try #require(disk.bytes(EveryByteTests.last))
        var before = 0
        for length in 0..<bytes.count {
            let (isOpen, shown) = try self.check(
                disk,
                EveryByteTests.last,
                Array(bytes[..<length]),
                whole,
                "cut at \(length)"
            )
            #expect(isOpen == (length >= SegmentHeader.size(partitionCount: 2)))
            #expect(shown >= before)
            before = shown
        }
        #expect(before == whole.count - 1)
    }

    @Test("the last segment, flipped, is refused or shows only right records", arguments: [false, true])
    func flipLast(isClean: Bool) async throws {
        let (disk, whole) = try await self.makeDisk(isClean: isClean)
        let bytes = try #require(disk.bytes(EveryByteTests.last))
        var opened = 0
        for index in bytes.indices {
            for mask in [UInt8(0x01), 0x80, 0xff] {
                var flipped = bytes
                flipped[index] ^= mask
                let result = try self.check(disk, EveryByteTests.last, flipped, whole, "byte \(index) ^ \(mask)")
                #expect(result.shown < whole.count, "byte \(index): a change was not noticed")
                opened += result.isOpen ? 1 : 0
            }
        }
        #expect(opened > 0 && opened < bytes.count * 3 / 2, "most of the batches have others behind them")
    }

    @Test("a sealed segment, cut or flipped, never shows a wrong record, and what is missing is an error")
    func sealed() async throws {
        let (disk, whole) = try await self.makeDisk(isClean: false)
        let bytes = try #require(disk.bytes(EveryByteTests.sealed))
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 0x04
            let flip = try self.check(disk, EveryByteTests.sealed, flipped, whole, "byte \(index)")
            #expect(flip.shown < whole.count, "byte \(index): a change was not noticed")
            let cut = try self.check(disk, EveryByteTests.sealed, Array(bytes[..<index]), whole, "cut at \(index)")
            #expect(cut.shown < whole.count, "cut at \(index) was not noticed")
        }
    }

    @Test("random files never crash the log")
    func fuzz() async throws {
        let seed = SeededGenerator.seed(of: "segment fuzz")
        var random = SeededGenerator(seed: seed)
        let (disk, whole) = try await self.makeDisk(isClean: false)
        let bytes = try #require(disk.bytes(EveryByteTests.last))
        for _ in 0..<1_500 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) where !changed.isEmpty {
                let start = Int.random(in: 0..<changed.count, using: &random)
                let end = min(changed.count, start + Int.random(in: 1...200, using: &random))
                switch Int.random(in: 0..<4, using: &random) {
                case 0: changed.removeSubrange(start..<end)
                case 1: changed.insert(contentsOf: bytes.prefix(end - start), at: start)
                case 2: changed += Array(changed[start..<end])
                default: for index in start..<end { changed[index] = .random(in: 0...255, using: &random) }
                }
            }
            _ = try self.check(disk, EveryByteTests.last, changed, whole, "seed \(seed)")
        }
    }
}
