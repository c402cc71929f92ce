import EventLog
import NIOCore
import Synchronization
import Testing

@Suite("Group commit: one write and one fdatasync per topic and cycle, DESIGN §5")
struct GroupCommitTests {
    /// A log whose writer is held in its first sync, with one record of `first` in it.
    private func held() throws -> (disk: SimulatedDisk, gate: Gate, log: EventLog, topic: LogTopic, first: Notices) {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        let topic = try log.openTopic("t", partitions: 4)
        let gate = Gate()
        disk.beforeSync.withLock { $0 = { gate.pass() } }
        let first = Notices()
        let appender = topic.makeAppender(onCommit: first.callback)
        appender.stage(RecordTemplate(key: nil, partition: 0), value: ByteBuffer(string: "first"))
        #expect(appender.submit() == .accepted(ticket: 1))
        #expect(gate.waitForArrival())
        return (disk, gate, log, topic, first)
    }

    @Test("before the fdatasync returns nothing is acknowledged, visible or counted; after it everything is")
    func syncBeforeNotice() async throws {
        let (disk, gate, log, topic, first) = try self.held()
        #expect(disk.counts.writes > 0)
        #expect(first.received.isEmpty)
        #expect(topic.endOffsets == [0, 0, 0, 0])
        #expect(try topic.allRecords().isEmpty)
        #expect(try topic.position(at: .end) == topic.position(at: .earliest))
        gate.open()
        #expect(await first.next() == CommitNotice(ticket: 1, outcome: .synced))
        #expect(topic.endOffsets == [1, 0, 0, 0])
        #expect(try topic.allRecords().map(\.value) == ["first"])
        gate.open(100)
        log.close()
    }

    @Test("what gathers during a sync goes out as one write and one fdatasync, whatever the appenders and partitions")
    func oneSync() async throws {
        let (disk, gate, log, topic, first) = try self.held()
        let before = disk.counts
        let all = (0..<20).map { _ in Notices() }
        let appenders = all.map { topic.makeAppender(onCommit: $0.callback) }
        for round in 0..<3 {
            for (number, appender) in appenders.enumerated() {
                let template = RecordTemplate(key: nil, partition: (number + round) % 4)
                appender.stage(template, value: ByteBuffer(string: "\(number) \(round)"))
                #expect(appender.submit() == .accepted(ticket: UInt64(round + 1)))
            }
        }
        gate.open()
        #expect(await first.next()?.ticket == 1)
        #expect(gate.waitForArrival())
        gate.open()
        for notices in all { #expect(await notices.next() == CommitNotice(ticket: 3, outcome: .synced)) }
        let after = disk.counts
        #expect(after.writes - before.writes == 1)
        #expect(after.pieces - before.pieces == 4, "one batch for each partition")
        #expect(after.dataSyncs - before.dataSyncs == 2, "the held one and the one of the cycle")
        #expect(topic.commitCount == 2)
        #expect(topic.recordCount == 61)
        for notices in all { #expect(notices.received.count == 1) }
        gate.open(100)
        log.close()
    }

    @Test("closing commits and acknowledges what was accepted before")
    func closeDrains() async throws {
        let (_, gate, log, topic, _) = try self.held()
        let notices = Notices()
        let appender = topic.makeAppender(onCommit: notices.callback)
        appender.stage(RecordTemplate(key: nil, partition: 1), value: ByteBuffer(string: "second"))
        #expect(appender.submit() == .accepted(ticket: 1))
        gate.open(100)
        log.close()
        #expect(notices.received == [CommitNotice(ticket: 1, outcome: .synced)])
        #expect(topic.endOffsets == [1, 1, 0, 0])
    }

    @Test("records of one submit keep their order in each partition, also over a batch's end")
    func order() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1), batchBytesMax: 200)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 2)
        let notices = Notices()
        let appender = topic.makeAppender(onCommit: notices.callback)
        for number in 0..<100 {
            appender.stage(RecordTemplate(key: nil, partition: number % 3 % 2), value: ByteBuffer(string: "\(number)"))
        }
        _ = appender.submit()
        _ = await notices.next()
        let records = try topic.allRecords()
        for partition in 0..<2 {
            let values = records.filter { $0.partition == partition }
            #expect(values.map(\.offset) == (0..<Int64(values.count)).map { $0 })
            #expect(values.compactMap { Int($0.value) } == (0..<100).filter { $0 % 3 % 2 == partition })
        }
    }

    @Test("an empty submit returns the last ticket and brings no notice")
    func emptySubmit() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        let topic = try log.openTopic("t")
        let notices = Notices()
        let appender = topic.makeAppender(onCommit: notices.callback)
        #expect(appender.submit() == .accepted(ticket: 0))
        appender.stage(RecordTemplate(key: nil, partition: 0), value: ByteBuffer(string: "x"))
        appender.discard()
        #expect(appender.submit() == .accepted(ticket: 0))
        log.close()
        #expect(notices.received.isEmpty)
        #expect(topic.recordCount == 0)
    }
}
