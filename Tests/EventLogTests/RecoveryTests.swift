import EventLog
import LogFormat
import NIOCore
import Testing

@Suite("Opening after a crash, a clean stop and damage, notes/log.md")
struct RecoveryTests {
    private static let first = "/log/t/00000000000000000000.log"
    private static let mark = "/log/t/clean.mark"

    /// A disk with a topic of one partition and these values, each in a cycle of its own, and where each batch begins.
    private func disk(
        _ values: [String] = ["a", "b", "c", "d"],
        isClean: Bool,
        segmentBytesMax: Int = 1 << 20
    ) async throws -> (SimulatedDisk, starts: [LogPosition]) {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, segmentBytesMax: segmentBytesMax)
        let topic = try log.openTopic("t", partitions: 1)
        try await topic.append(values: values)
        let starts = try topic.read(from: topic.position(at: .earliest), maxBytes: 1 << 20).batches.map(\.position)
        if isClean {
            log.close()
            return (disk, starts)
        }
        let killed = disk.afterKill()
        log.close()
        return (killed, starts)
    }

    /// The values a new log finds.
    private func values(_ disk: SimulatedDisk, segmentBytesMax: Int = 1 << 20) throws -> [String] {
        let log = try makeLog(disk, segmentBytesMax: segmentBytesMax)
        defer { log.close() }
        return try log.openTopic("t").allRecords().map(\.value)
    }

    private func flip(_ disk: SimulatedDisk, _ path: String, at byte: UInt64) throws {
        var bytes = try #require(disk.bytes(path))
        bytes[Int(byte)] ^= 0x20
        disk.set(path, bytes)
    }

    @Test("bytes of an unfinished write behind the last batch are cut", arguments: ["\0", "garbage", "\u{1}"])
    func tornTail(garbage: String) async throws {
        let (disk, _) = try await self.disk(isClean: false)
        let bytes = try #require(disk.bytes(RecoveryTests.first))
        for tail in [Array(garbage.utf8), Array(bytes[52..<100]), [UInt8](repeating: 0, count: 5_000)] {
            disk.set(RecoveryTests.first, bytes + tail)
            #expect(try self.values(disk) == ["a", "b", "c", "d"])
            #expect(disk.bytes(RecoveryTests.first) == bytes)
        }
    }

    @Test("a bad last batch after a crash is a torn write; the log goes on with its offset")
    func badLastBatch() async throws {
        let (disk, starts) = try await self.disk(isClean: false)
        try self.flip(disk, RecoveryTests.first, at: starts[3].byte + 84)
        let log = try makeLog(disk)
        defer { log.close() }
        let topic = try log.openTopic("t")
        #expect(try topic.allRecords().map(\.value) == ["a", "b", "c"])
        #expect(try await topic.append(values: ["e"])[0].offset == 3)
    }

    @Test(
        "a bad batch with later ones behind it is damage: refused, named, and not one byte changed",
        arguments: [false, true]
    )
    func middle(isClean: Bool) async throws {
        for batch in 0..<3 {
            let (disk, starts) = try await self.disk(isClean: isClean)
            try self.flip(disk, RecoveryTests.first, at: starts[batch].byte + 84)
            let before = disk.bytes(RecoveryTests.first)
            for _ in 0..<2 {
                let log = try makeLog(disk)
                defer { log.close() }
                #expect(log.topic(named: "t") == nil)
                let failure = try #require(log.failures["t"])
                guard case .topicDamaged("t", RecoveryTests.first, starts[batch].byte, let detail) = failure else {
                    Issue.record("\(failure)")
                    continue
                }
                #expect(detail.contains("valid ones follow at byte \(starts[batch + 1].byte)"))
                #expect("\(failure)".contains("Nothing was changed or cut. Restore"))
                #expect(throws: failure) { try log.openTopic("t") }
                // The others work.
                _ = try await log.openTopic("other").append(values: ["x"])
                #expect(disk.bytes(RecoveryTests.first) == before)
            }
        }
    }

    @Test("a tail that was synced at a clean stop and is gone is reported, copied, and its offset not given again")
    func lostAfterCleanStop() async throws {
        let (disk, starts) = try await self.disk(isClean: true)
        try self.flip(disk, RecoveryTests.first, at: starts[3].byte + 84)
        let bytes = try #require(disk.bytes(RecoveryTests.first))
        let log = try makeLog(disk)
        defer { log.close() }
        let topic = try log.openTopic("t")
        #expect(try topic.allRecords().map(\.value) == ["a", "b", "c"])
        #expect(disk.bytes(RecoveryTests.first + ".lost") == Array(bytes[Int(starts[3].byte)...]))
        #expect(try await topic.append(values: ["e"])[0].offset == 4)
        #expect(try topic.allRecords().map(\.offset) == [0, 1, 2, 4])
        #expect(try topic.position(at: .offset(partition: 0, 3)) <= topic.position(at: .offset(partition: 0, 4)))
    }

    @Test("a clean stop leaves a mark that the next start removes before it writes")
    func cleanMark() async throws {
        let (disk, _) = try await self.disk(isClean: true)
        #expect(disk.bytes(RecoveryTests.mark) != nil)
        let log = try makeLog(disk)
        #expect(disk.bytes(RecoveryTests.mark) == nil)
        #expect(disk.afterPowerCut().bytes(RecoveryTests.mark) == nil, "durably")
        log.close()
    }

    @Test(
        "after a clean stop nothing is written again; after a crash the last cycle is, and synced, before it is shown"
    )
    func rewriting() async throws {
        let (clean, _) = try await self.disk(isClean: true)
        let before = clean.counts
        try makeLog(clean).close()
        #expect(clean.counts.writes - before.writes == 1, "the new clean mark")

        let (killed, _) = try await self.disk(isClean: false)
        let log = try makeLog(killed)
        #expect(killed.counts.writes == 1 && killed.counts.dataSyncs == 1)
        #expect(try log.openTopic("t").allRecords().count == 4)
        log.close()
    }

    @Test("damage in a sealed segment opens, reads up to it, and is a read error, never skipped")
    func sealed() async throws {
        let values = (0..<12).map { "\($0) " + String(repeating: "x", count: 60) }
        let (disk, _) = try await self.disk(values, isClean: false, segmentBytesMax: 600)
        let second = "/log/t/00000000000000000001.log"
        let whole = try #require(disk.bytes(second))
        for bytes in [
            Array(whole[..<200]), Array(whole[..<250]),
            whole.enumerated().map { $0.offset == 300 ? $0.element ^ 1 : $0.element },
        ] {
            disk.set(second, bytes)
            let log = try makeLog(disk, segmentBytesMax: 600)
            let topic = try log.openTopic("t")
            #expect(topic.status == .open)
            var seen = 0
            var position = try topic.position(at: .earliest)
            do throws(EventLogError) {
                while true {
                    let result = try topic.read(from: position, maxBytes: 1)
                    seen += result.batches.count
                    position = result.next
                    if position == topic.end { break }
                }
                Issue.record("the damage was skipped")
            } catch {
                guard case .readDamaged(second, _, _) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect("\(error)".contains("restore the file from a backup"))
            }
            #expect(position.segment <= 1 && seen >= 3)
            // What is behind it can be read.
            let behind = LogPosition(segment: 2, byte: 0)
            #expect(try !topic.read(from: behind, maxBytes: 1).batches.isEmpty)
            log.close()
        }
        disk.set(second, whole)
        #expect(try self.values(disk, segmentBytesMax: 600) == values)
    }

    @Test(
        "a missing or foreign file is damage with the file's name",
        arguments: ["00000000000000000000.log", "00000000000000000001.log", "topic.meta", "clean.mark"]
    )
    func foreignFile(name: String) async throws {
        let values = (0..<12).map { "\($0) " + String(repeating: "x", count: 60) }
        for isMissing in [true, false] {
            let (disk, _) = try await self.disk(values, isClean: true, segmentBytesMax: 600)
            if isMissing { disk.remove("/log/t/\(name)") } else { disk.set("/log/t/\(name)", Array("not ours".utf8)) }
            let log = try makeLog(disk)
            defer { log.close() }
            // Without the oldest segments a log is one whose retention removed them; without a mark one that crashed.
            if isMissing, name == "00000000000000000000.log" || name == "clean.mark" {
                #expect(log.failures.isEmpty)
                continue
            }
            guard case .topicDamaged("t", "/log/t/\(name)", _, _) = log.failures["t"] else {
                Issue.record("\(String(describing: log.failures["t"]))")
                continue
            }
        }
    }

    @Test("a last segment that a clean stop saw and that is gone is damage")
    func missingLast() async throws {
        let values = (0..<12).map { "\($0) " + String(repeating: "x", count: 60) }
        let (disk, _) = try await self.disk(values, isClean: true, segmentBytesMax: 600)
        let last = try #require(disk.fileNames(in: "/log/t").last { $0.hasSuffix(".log") })
        disk.remove("/log/t/\(last)")
        let log = try makeLog(disk)
        defer { log.close() }
        guard case .topicDamaged("t", "/log/t/\(last)", _, _) = log.failures["t"] else {
            Issue.record("\(String(describing: log.failures["t"]))")
            return
        }
    }

    @Test("a topic whose making was cut off at any point is not there, or whole", arguments: 0..<14)
    func unfinishedTopic(operations: Int) async throws {
        for seed in 0..<20 {
            let disk = SimulatedDisk(seed: UInt64(seed))
            let log = try makeLog(disk)
            disk.faults.operationsUntilCrash = operations
            _ = try? log.openTopic("t", partitions: 7)
            let after = disk.afterPowerCut()
            log.close()
            let reopened = try makeLog(after)
            #expect(reopened.failures.isEmpty)
            let topic = try reopened.openTopic("t", partitions: 7)
            try await topic.append(values: ["x"])
            #expect(topic.recordCount == 1)
            reopened.close()
        }
    }

    @Test("files in the folder that are not the log's are left alone")
    func otherFiles() async throws {
        let (disk, _) = try await self.disk(isClean: true)
        disk.set("/log/t/notes.txt", [1])
        disk.set("/log/t/1.log", [2])
        #expect(try self.values(disk) == ["a", "b", "c", "d"])
        #expect(disk.bytes("/log/t/notes.txt") == [1] && disk.bytes("/log/t/1.log") == [2])
    }
}
