import EventLog
import LogFormat
import NIOCore
import TestSupport
import Testing

@Suite("Checking every checksum of a topic, and copies of topics")
struct TopicCheckTests {
    private static let last = "/log/t/00000000000000000001.log"
    private static let sealed = "/log/t/00000000000000000000.log"

    /// A disk with two segments of two partitions and twelve records.
    private func makeDisk() async throws -> (SimulatedDisk, EventLog, LogTopic) {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        let topic = try log.openTopic("t", partitions: 2, segmentBytesMax: 900)
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
        try #require(topic.end.segment == 1)
        return (disk, log, topic)
    }

    private func report(_ capture: TopicCapture) throws -> TopicCheck.Report {
        var check = TopicCheck(capture)
        while try check.step() {}
        return check.report
    }

    /// What a check of the folder says when no log has it open.
    private func report(_ disk: SimulatedDisk) throws -> TopicCheck.Report {
        let folder = try LogFolder(directory: "/log", files: disk)
        #expect(try folder.topics() == ["t"])
        return try self.report(try folder.capture("t"))
    }

    @Test("an open topic is counted whole and right, and so is the folder it leaves")
    func good() async throws {
        let (disk, log, topic) = try await self.makeDisk()
        let live = try self.report(try topic.capture())
        #expect(live.faults.isEmpty && live.tornBytes == 0)
        #expect((live.segments, live.batches, live.records) == (2, 12, 12))
        #expect(live.bytes == topic.storedBytes)
        log.close()
        let folder = try self.report(disk)
        #expect(folder == live)
    }

    @Test("a flipped byte anywhere in a sealed segment is found, at or before it; the other segment is checked too")
    func flippedSealed() async throws {
        let (disk, log, _) = try await self.makeDisk()
        log.close()
        let bytes = try #require(disk.bytes(Self.sealed))
        for index in bytes.indices {
            let copy = disk.afterKill()
            var flipped = bytes
            flipped[index] ^= 0x40
            copy.set(Self.sealed, flipped)
            let report = try self.report(copy)
            #expect(report.faults.count == 1, "byte \(index): \(report.faults)")
            #expect(report.faults.first?.file == "00000000000000000000.log")
            #expect(report.faults.first.map { $0.byte <= UInt64(index) } == true)
            #expect(report.segments == 2)
        }
    }

    @Test("a sealed segment cut anywhere is found")
    func cutSealed() async throws {
        let (disk, log, _) = try await self.makeDisk()
        log.close()
        let bytes = try #require(disk.bytes(Self.sealed))
        for length in stride(from: 0, to: bytes.count, by: 7) {
            let copy = disk.afterKill()
            copy.set(Self.sealed, Array(bytes[..<length]))
            #expect(try self.report(copy).faults.count == 1, "cut at \(length)")
        }
    }

    @Test("the last segment cut anywhere behind its header is a torn write, not damage; in an open topic it is damage")
    func cutLast() async throws {
        let (disk, log, topic) = try await self.makeDisk()
        let bytes = try #require(disk.bytes(Self.last))
        disk.set(Self.last, Array(bytes.dropLast(3)))
        #expect(try self.report(try topic.capture()).faults.count == 1)
        disk.set(Self.last, bytes)
        log.close()
        let header = SegmentHeader.size(partitionCount: 2)
        for length in header..<bytes.count {
            let copy = disk.afterKill()
            copy.set(Self.last, Array(bytes[..<length]))
            let report = try self.report(copy)
            #expect(report.faults.isEmpty, "cut at \(length): \(report.faults)")
            #expect(report.records < 12 || report.tornBytes > 0)
        }
    }

    @Test("a missing segment in the middle, a missing description and a missing first header are named")
    func missing() async throws {
        let (disk, log, _) = try await self.makeDisk()
        log.close()
        let noDescription = disk.afterKill()
        try noDescription.unlink("/log/t/topic.meta")
        #expect(try self.report(noDescription).faults.map(\.detail) == ["the file is missing"])
        let bad = disk.afterKill()
        bad.set("/log/t/topic.meta", Array("weir-topic 9\n".utf8))
        #expect(try self.report(bad).faults.map(\.detail) == ["it is not a topic's description"])
    }

    @Test("a capture holds what was synced then, although the topic goes on, removes segments and is deleted")
    func capture() async throws {
        let (disk, log, topic) = try await self.makeDisk()
        defer { log.close() }
        let capture = try topic.capture()
        let before = try capture.files.map { try $0.read(at: 0, count: 1 << 20) }
        try await topic.append(values: (0..<20).map { "later \($0)" })
        try topic.removeSegments(before: 2)
        #expect(disk.bytes(Self.sealed) == nil)
        #expect(try capture.files.map { try $0.read(at: 0, count: 1 << 20) } == before)
        #expect(try self.report(capture).records == 12)
        #expect(!capture.files.contains { $0.name == "clean.mark" })
        #expect(capture.files.map(\.bytes).reduce(0, +) == capture.bytes)
    }

    @Test("a topic that is deleted before or while it is captured is not captured in part", arguments: [false, true])
    func deletedTopic(isMeanwhile: Bool) async throws {
        let files = FaultyFiles(SimulatedDisk(seed: 3))
        let log = try makeLog(files)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 2)
        try await topic.append(values: (0..<50).map { "value \($0)" })
        #expect(try log.capture(topic)?.files.isEmpty == false)
        if isMeanwhile {
            files.faults.afterList = {
                do {
                    try log.deleteTopic("t")
                } catch {
                    Issue.record(error)
                }
            }
        } else {
            try log.deleteTopic("t")
        }
        #expect(try log.capture(topic) == nil)
        // Another one of the name is not the one that was asked for.
        let other = try log.openTopic("t", partitions: 2)
        #expect(try log.capture(topic) == nil)
        #expect(try log.capture(other) != nil)
    }

    @Test("a log that is closed says so, and does not take its topics for deleted ones")
    func closedLog() async throws {
        let (_, log, topic) = try await self.makeDisk()
        log.close()
        #expect(throws: EventLogError.closed(topic: "t")) { try log.capture(topic) }
    }

    @Test("a copy of a capture opens as a topic with the same records")
    func copy() async throws {
        let (_, log, topic) = try await self.makeDisk()
        let records = try topic.allRecords()
        let capture = try topic.capture()
        try await topic.append(values: ["later"])
        let copy = SimulatedDisk(seed: 2)
        try copy.createDirectory("/log")
        try copy.createDirectory("/log/t")
        for file in capture.files { copy.set("/log/t/\(file.name)", try file.read(at: 0, count: 1 << 20)) }
        log.close()
        let again = try makeLog(copy)
        defer { again.close() }
        #expect(again.failures.isEmpty)
        #expect(try again.openTopic("t").allRecords() == records)
    }
}
