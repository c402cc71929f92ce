import EventLog
import NIOCore
import Synchronization
import Testing

@Suite("A failed write or sync fences its topic, notes/log.md")
struct FenceTests {
    private func stage(_ appender: LogAppender, _ value: String, partition: Int = 0) {
        appender.stage(RecordTemplate(key: nil, partition: partition), value: ByteBuffer(string: value))
    }

    @Test("after a failed fdatasync nothing is acknowledged, nothing is tried again, and everyone learns why")
    func failedSync() async throws {
        let disk = SimulatedDisk(seed: 3)
        let log = try makeLog(disk)
        let topic = try log.openTopic("t")
        let other = try log.openTopic("other")
        try await topic.append(values: ["good"])
        let told = Mutex<[String]>([])
        log.onFence { topic, reason in told.withLock { $0.append("\(topic.name) \(reason.isDiskFull)") } }

        disk.faults.syncsUntilFailure = 0
        let gate = Gate()
        disk.beforeSync.withLock { $0 = { gate.pass() } }
        let first = Notices()
        let second = Notices()
        let appender = topic.makeAppender(onCommit: first.callback)
        let waiting = topic.makeAppender(onCommit: second.callback)
        self.stage(appender, "lost")
        #expect(appender.submit() == .accepted(ticket: 1))
        #expect(gate.waitForArrival())
        // Accepted while the sync runs that will fail: both fail, and the first appender once for both tickets.
        self.stage(appender, "lost too")
        #expect(appender.submit() == .accepted(ticket: 2))
        self.stage(waiting, "lost as well")
        #expect(waiting.submit() == .accepted(ticket: 1))
        let syncs = disk.counts.dataSyncs
        let writes = disk.counts.writes
        gate.open(100)
        let notice = await first.next()
        guard case .failed(let reason) = notice?.outcome else {
            Issue.record("\(String(describing: notice)) is not a failure")
            return
        }
        #expect(reason.contains("fdatasync") && reason.contains("00000000000000000000.log"))
        #expect(notice?.ticket == 2)
        #expect(await second.next() == CommitNotice(ticket: 1, outcome: .failed(reason: reason)))
        #expect(topic.status == .fenced(reason: reason))

        self.stage(appender, "refused")
        #expect(appender.submit() == .refused(.fenced(reason: reason)))
        #expect(appender.stagedCount == 0)
        await #expect(throws: EventLogError.fenced(topic: "t", reason: reason)) {
            try await topic.append(values: ["x"])
        }
        await topic.waitForRecords(after: topic.end)
        #expect(disk.counts.dataSyncs == syncs + 1)
        #expect(disk.counts.writes == writes)
        #expect(told.withLock { $0 } == ["t false"])
        let later = Mutex(0)
        log.onFence { _, _ in later.withLock { $0 += 1 } }
        #expect(later.withLock { $0 } == 1, "who asks later is told at once")

        // What was synced can be read; another topic goes on.
        #expect(try topic.allRecords().map(\.value) == ["good"])
        try await other.append(values: ["fine"])
        let syncsBeforeClose = disk.counts.dataSyncs
        log.close()
        #expect(disk.fileNames(in: "/log/t") == ["00000000000000000000.log", "topic.meta"], "no clean mark")
        #expect(disk.counts.dataSyncs == syncsBeforeClose + 1, "the clean mark of the other topic")
        #expect(first.received.count == 1 && second.received.count == 1)
    }

    @Test(
        "a full disk is told from a broken one, and the torn tail is gone after the next start",
        arguments: [0, 1, 50, 180]
    )
    func diskFull(bytesLeft: Int) async throws {
        let disk = SimulatedDisk(seed: 4)
        let log = try makeLog(disk)
        let topic = try log.openTopic("t", partitions: 1)
        try await topic.append(values: ["good"])
        disk.faults.bytesUntilFull = bytesLeft
        let reasons = Mutex<[FenceReason]>([])
        log.onFence { _, reason in reasons.withLock { $0.append(reason) } }
        do {
            try await topic.append(values: [String(repeating: "x", count: 200)])
            Issue.record("a write to a full disk was acknowledged")
        } catch let error as EventLogError {
            #expect(error.isDiskFull)
            #expect("\(error)".contains("the disk is full") && "\(error)".contains("No space left on device"))
        }
        #expect(reasons.withLock { $0.map(\.isDiskFull) } == [true])
        disk.faults.bytesUntilFull = nil
        log.close()

        let reopened = try makeLog(disk)
        defer { reopened.close() }
        let again = try reopened.openTopic("t")
        #expect(again.status == .open)
        try await again.append(values: ["next"])
        #expect(
            try again.allRecords() == [
                SeenRecord(partition: 0, offset: 0, value: "good"), SeenRecord(partition: 0, offset: 1, value: "next"),
            ]
        )
    }

    @Test("a segment that cannot be begun fences as well")
    func failedRoll() async throws {
        let disk = SimulatedDisk(seed: 5)
        let log = try makeLog(disk, segmentBytesMax: 300)
        let topic = try log.openTopic("t")
        try await topic.append(values: [String(repeating: "a", count: 200)])
        disk.faults.bytesUntilFull = 10
        await #expect(throws: EventLogError.self) {
            try await topic.append(values: [String(repeating: "b", count: 200)])
        }
        guard case .fenced = topic.status else {
            Issue.record("\(topic.status) is not fenced")
            return
        }
        disk.faults.bytesUntilFull = nil
        log.close()
        let reopened = try makeLog(disk, segmentBytesMax: 300)
        defer { reopened.close() }
        #expect(try reopened.openTopic("t").allRecords().count == 1)
        #expect(
            disk.fileNames(in: "/log/t") == ["00000000000000000000.log", "topic.meta"],
            "the unfinished file is gone"
        )
    }
}
