import EventLog
import LogFormat
import NIOCore
import Synchronization
import Testing

@Suite("Limits of batches, of what waits, of segments and records")
struct LimitTests {
    /// Bytes of a batch with one record without key and headers: length, 5 bytes of fields, value length, value, count.
    private static let oneRecordOverhead = 61 + 1 + 1 + 1 + 1 + 1 + 1 + 1

    @Test(
        "a record that fills a batch to the byte stays in it, one byte more begins the next",
        arguments: [(0, 1), (1, 2)]
    )
    func batch(extraBytes: Int, batches: Int) async throws {
        // Two records of 20 bytes of value: each 27 bytes stored.
        let limit = 61 + 2 * 27
        let log = try makeLog(SimulatedDisk(seed: 1), batchBytesMax: limit)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        let values = [[UInt8](repeating: 1, count: 20), [UInt8](repeating: 2, count: 20 + extraBytes)]
        _ = try await topic.append(values.map { NewRecord(key: nil, value: $0) })
        let read = try topic.read(from: topic.position(at: .earliest), maxBytes: 10_000).batches
        #expect(read.count == batches)
        #expect(read[0].bytes.readableBytes == (batches == 1 ? limit : 61 + 27))
        #expect(try read.flatMap { try $0.records }.map(\.offset) == [0, 1])
    }

    @Test("a record over the batch limit gets a batch of its own")
    func largeRecord() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1), batchBytesMax: 100)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        let sizes = [10, 5_000, 10, 10]
        _ = try await topic.append(sizes.map { NewRecord(key: nil, value: [UInt8](repeating: 7, count: $0)) })
        let read = try topic.read(from: topic.position(at: .earliest), maxBytes: 100_000).batches
        #expect(try read.map { try $0.records.map(\.value.readableBytes) } == [[10], [5_000], [10, 10]])
    }

    @Test("a record of 16 MiB is taken, one byte more is refused and takes its submit with it")
    func recordBytes() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1), pendingBytesMax: 64 << 20)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        // Key length, four bytes of value length, header count.
        let valueMax = (16 << 20) - 6
        let notices = Notices()
        let appender = topic.makeAppender(onCommit: notices.callback)
        let template = RecordTemplate(key: nil, partition: 0)
        appender.stage(template, value: ByteBuffer(string: "small"))
        appender.stage(template, value: ByteBuffer(repeating: 1, count: valueMax + 1))
        #expect(appender.submit() == .refused(.recordTooLarge(bytes: (16 << 20) + 1, limit: 16 << 20)))
        #expect(appender.stagedCount == 0)
        appender.stage(template, value: ByteBuffer(repeating: 1, count: valueMax))
        #expect(appender.submit() == .accepted(ticket: 1))
        #expect(await notices.next()?.outcome == .synced)
        #expect(
            try topic.read(from: topic.position(at: .earliest), maxBytes: 1).batches[0].records[0].value.readableBytes
                == valueMax
        )
        await #expect(throws: EventLogError.recordTooLarge(bytes: (16 << 20) + 1, limit: 16 << 20)) {
            try await topic.append([NewRecord(key: nil, value: [UInt8](repeating: 1, count: valueMax + 1))])
        }
        #expect(topic.recordCount == 1)
    }

    @Test("what waits for the disk is bounded: held back at the limit, taken below it, and told when there is room")
    func pending() async throws {
        let disk = SimulatedDisk(seed: 1)
        // One record of 93 bytes of value takes 96 bytes.
        let log = try makeLog(disk, pendingBytesMax: 192)
        let topic = try log.openTopic("t", partitions: 1)
        let gate = Gate()
        disk.beforeSync.withLock { $0 = { gate.pass() } }
        let template = RecordTemplate(key: nil, partition: 0)
        let value = ByteBuffer(repeating: 1, count: 93)
        let notices = Notices()
        let appender = topic.makeAppender(onCommit: notices.callback)
        appender.stage(template, value: value)
        #expect(appender.submit() == .accepted(ticket: 1))
        #expect(gate.waitForArrival())
        #expect(!topic.isBackedUp)
        appender.stage(template, value: value)
        #expect(appender.submit() == .accepted(ticket: 2))
        #expect(topic.isBackedUp)

        let late = Notices()
        let lateAppender = topic.makeAppender(onCommit: late.callback)
        lateAppender.stage(template, value: value)
        #expect(lateAppender.submit() == .refused(.backedUp))
        #expect(lateAppender.submit() == .refused(.backedUp))
        #expect(lateAppender.stagedCount == 1, "what was held back stays staged")
        async let appended = topic.append([NewRecord(key: nil, value: [9])])

        gate.open(100)
        #expect(await late.next() == CommitNotice(ticket: 0, outcome: .synced), "a notice says that there is room")
        #expect(await notices.next()?.ticket == 1)
        #expect(await notices.next()?.ticket == 2)
        #expect(!topic.isBackedUp)
        #expect(lateAppender.submit() == .accepted(ticket: 1))
        #expect(await late.next() == CommitNotice(ticket: 1, outcome: .synced))
        _ = try await appended
        #expect(topic.recordCount == 4)
        log.close()
    }

    @Test(
        "a cycle that fits the segment to the byte stays in it, one byte more begins the next",
        arguments: [(0, 1), (-1, 2)]
    )
    func roll(extraBytes: Int, segments: Int) async throws {
        // Header of one partition 52 bytes; two cycles with one stored batch of 20 + 61 + 27 bytes each.
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, segmentBytesMax: 52 + 2 * 108 + extraBytes)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        for _ in 0..<2 { _ = try await topic.append([NewRecord(key: nil, value: [UInt8](repeating: 1, count: 20))]) }
        #expect(disk.fileNames(in: "/log/t").filter { $0.hasSuffix(".log") }.count == segments)
        #expect(topic.storedBytes == UInt64(segments * 52 + 2 * 108))
        #expect(try topic.allRecords().map(\.offset) == [0, 1])
    }

    @Test("more sealed segments than files kept open can all be read, again and again")
    func manySegments() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, segmentBytesMax: 200)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        let values = (0..<60).map { "\($0) " + String(repeating: "x", count: 50) }
        try await topic.append(values: values)
        #expect(disk.fileNames(in: "/log/t").filter { $0.hasSuffix(".log") }.count == 60)
        for _ in 0..<2 { #expect(try topic.allRecords().map(\.value) == values) }
        #expect(disk.counts.opens >= 100, "files were closed and opened again")
    }
}
