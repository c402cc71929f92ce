import EventLog
import LogFormat
import NIOCore
import Synchronization
import TelemetryModel
import Testing

@Suite("Topics made, set and deleted at run time, contracts/kafka.md §7")
struct TopicAdministrationTests {
    private static let changed = TopicSettings(
        retentionMilliseconds: 60_000,
        retentionBytes: 10 << 20,
        segmentBytesMax: 2 << 20,
        messageBytesMax: 4_096,
        timestampType: .createTime
    )

    @Test("a topic that was made is durable when the call returns, with its settings")
    func durable() async throws {
        for seed in 0..<20 {
            let disk = SimulatedDisk(seed: UInt64(seed))
            let log = try makeLog(disk)
            let topic = try log.createTopic("t", partitions: 3, settings: TopicAdministrationTests.changed)
            #expect(topic.settings == TopicAdministrationTests.changed)
            let cut = disk.afterPowerCut()
            log.close()
            let reopened = try makeLog(cut)
            #expect(reopened.topics.map(\.name) == ["t"], "seed \(seed)")
            #expect(reopened.topic(named: "t")?.partitionCount == 3)
            #expect(reopened.topic(named: "t")?.settings == TopicAdministrationTests.changed)
            reopened.close()
        }
    }

    @Test("a topic is made once, with possible settings, and not beyond the limit")
    func refused() throws {
        let log = try makeLog(SimulatedDisk(seed: 1), topicsMax: 3)
        defer { log.close() }
        _ = try log.createTopic("a")
        _ = try log.openTopic("b")
        #expect(throws: EventLogError.topicExists("a")) { try log.createTopic("a") }
        #expect(throws: EventLogError.topicExists("b")) { try log.createTopic("b", partitions: 4) }
        #expect(throws: EventLogError.invalidTopicName("a/b")) { try log.createTopic("a/b") }
        #expect(throws: EventLogError.invalidPartitionCount(topic: "c", asked: 33, existing: nil)) {
            try log.createTopic("c", partitions: 33)
        }
        let fault = TopicSettings(segmentBytesMax: 5)
        #expect(throws: EventLogError.invalidSettings(topic: "c", detail: fault.fault ?? "")) {
            try log.createTopic("c", settings: fault)
        }
        _ = try log.createTopic("c")
        #expect(throws: EventLogError.tooManyTopics(limit: 3)) { try log.createTopic("d") }
        #expect(throws: EventLogError.tooManyTopics(limit: 3)) { try log.openTopic("d") }
        #expect(try log.openTopic("c").name == "c")
        try log.deleteTopic("a")
        _ = try log.createTopic("d")
    }

    @Test("settings are durable when the call returns; a crash in between leaves the old or the new ones")
    func configure() async throws {
        let changed = TopicAdministrationTests.changed
        for operations in 0..<10 {
            for seed in 0..<10 {
                let disk = SimulatedDisk(seed: UInt64(seed))
                let log = try makeLog(disk)
                let topic = try log.createTopic("t", partitions: 1)
                try await topic.append(values: ["a"])
                let old = topic.settings
                disk.faults.operationsUntilCrash = operations
                let isDone = (try? log.configureTopic("t", settings: changed)) != nil
                if isDone { #expect(topic.settings == changed) }
                let after = seed % 2 == 0 ? disk.afterPowerCut() : disk.afterKill()
                log.close()
                let reopened = try makeLog(after)
                let again = try reopened.openTopic("t")
                #expect(again.settings == changed || !isDone && again.settings == old, "\(operations), seed \(seed)")
                #expect(try again.allRecords().map(\.value) == ["a"])
                reopened.close()
            }
        }
    }

    @Test("settings of a topic that is not there, or that cannot be, are refused")
    func configureRefused() throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        defer { log.close() }
        let topic = try log.createTopic("t")
        let old = topic.settings
        #expect(throws: EventLogError.unknownTopic("x")) { try log.configureTopic("x", settings: TopicSettings()) }
        let fault = TopicSettings(messageBytesMax: 1)
        #expect(throws: EventLogError.invalidSettings(topic: "t", detail: fault.fault ?? "")) {
            try log.configureTopic("t", settings: fault)
        }
        #expect(topic.settings == old)
    }

    @Test("the segment size of a running topic can be set")
    func segmentSize() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1), segmentBytesMax: 8 << 20)
        defer { log.close() }
        let topic = try log.createTopic("t", partitions: 1)
        let values = (0..<3).map { _ in String(repeating: "x", count: 600_000) }
        try await topic.append(values: values)
        #expect(topic.segmentSummaries.count == 1)
        var settings = topic.settings
        settings.segmentBytesMax = 1 << 20
        try log.configureTopic("t", settings: settings)
        try await topic.append(values: ["next"])
        #expect(topic.segmentSummaries.count == 2)
    }

    @Test("a deleted topic is gone: appenders are refused, readers and waiters hear it, its name is free")
    func delete() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        defer { log.close() }
        let topic = try log.createTopic("t", partitions: 1)
        let other = try log.createTopic("other", partitions: 1)
        try await topic.append(values: ["a"])
        let notices = Notices()
        let appender = topic.makeAppender(onCommit: notices.callback)
        let end = topic.end
        async let waiting: Void = topic.waitForRecords(after: end)
        appender.stage(RecordTemplate(key: nil, partition: 0), value: ByteBuffer(string: "b"))
        #expect(appender.submit() == .accepted(ticket: 1))
        try log.deleteTopic("t")
        #expect(await notices.next() == CommitNotice(ticket: 1, outcome: .synced), "what was accepted was done")
        await waiting
        #expect(topic.status == .closed)
        appender.stage(RecordTemplate(key: nil, partition: 0), value: ByteBuffer(string: "c"))
        #expect(appender.submit() == .refused(.closed))
        #expect(throws: EventLogError.closed(topic: "t")) { try topic.read(from: end, maxBytes: 1) }
        #expect(throws: EventLogError.closed(topic: "t")) { try topic.removeSegments(before: 1) }
        #expect(throws: EventLogError.closed(topic: "t")) { try topic.capture() }
        #expect(log.topic(named: "t") == nil && log.topics.map(\.name) == ["other"])
        #expect(disk.fileNames(in: "/log") == ["other/00000000000000000000.log", "other/topic.meta"])
        #expect(throws: EventLogError.unknownTopic("t")) { try log.deleteTopic("t") }
        try await other.append(values: ["fine"])

        let new = try log.createTopic("t", partitions: 2)
        #expect(new !== topic && new.endOffsets == [0, 0])
        try await new.append(values: ["new"])
        let cut = disk.afterPowerCut()
        let reopened = try makeLog(cut)
        defer { reopened.close() }
        #expect(try reopened.openTopic("t").allRecords().map(\.value) == ["new"])
    }

    @Test("who watches deletions hears of each when it is done, before the name is taken again")
    func watchedDeletion() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        defer { log.close() }
        let heard = Mutex<[String]>([])
        log.onDelete { [weak log] name in
            let isThere = log?.topic(named: name) != nil || log?.failures[name] != nil
            heard.withLock { $0.append(isThere ? "\(name) is there" : name) }
        }
        for _ in 0..<2 {
            _ = try log.createTopic("t", partitions: 1)
            try log.deleteTopic("t")
        }
        #expect(throws: EventLogError.unknownTopic("t")) { try log.deleteTopic("t") }
        #expect(heard.withLock { $0 } == ["t", "t"])
    }

    @Test("a deletion that crashes anywhere leaves the topic whole or gone, and the name usable", arguments: 0..<24)
    func deleteCrash(operations: Int) async throws {
        var outcomes: Set<Bool> = []
        for seed in 0..<20 {
            let disk = SimulatedDisk(seed: UInt64(seed))
            let log = try makeLog(disk)
            let topic = try log.openTopic("t", partitions: 1, segmentBytesMax: 300)
            let values = (0..<5).map { "\($0)" + String(repeating: "x", count: 200) }
            try await topic.append(values: values)
            disk.faults.operationsUntilCrash = operations
            let isDone = (try? log.deleteTopic("t")) != nil
            let after = seed % 2 == 0 ? disk.afterPowerCut() : disk.afterKill()
            log.close()
            // Opening may crash as well.
            after.faults.operationsUntilCrash = seed % 5
            try? makeLog(after).close()
            let last = seed % 3 == 0 ? after.afterPowerCut() : after.afterKill()
            let reopened = try makeLog(last)
            #expect(reopened.failures.isEmpty, "seed \(seed)")
            let found = reopened.topic(named: "t")
            outcomes.insert(found != nil)
            if let found { #expect(try found.allRecords().map(\.value) == values, "seed \(seed)") }
            #expect(found == nil || !isDone, "seed \(seed)")
            let again = try reopened.openTopic("t", partitions: 1)
            try await again.append(values: ["next"])
            #expect(again.endOffsets == [found == nil ? 1 : 6], "seed \(seed)")
            reopened.close()
        }
        if operations == 0 { #expect(outcomes.contains(true)) }
        if operations == 23 { #expect(outcomes == [false]) }
    }

    @Test("a damaged topic can be deleted, and one whose file came back can be reopened")
    func damaged() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        for name in ["a", "b"] { try await log.createTopic(name, partitions: 1).append(values: ["x"]) }
        log.close()
        let meta = try #require(disk.bytes("/log/b/topic.meta"))
        for name in ["a", "b"] { disk.set("/log/\(name)/topic.meta", [1]) }
        let reopened = try makeLog(disk)
        defer { reopened.close() }
        #expect(reopened.failures.keys.sorted() == ["a", "b"])
        try reopened.deleteTopic("a")
        #expect(reopened.failures.keys.sorted() == ["b"])
        #expect(try reopened.createTopic("a", partitions: 1).recordCount == 0)
        #expect(throws: EventLogError.self) { try reopened.reopenTopic("b") }
        disk.set("/log/b/topic.meta", meta)
        try reopened.reopenTopic("b")
        #expect(reopened.failures.isEmpty)
        #expect(reopened.topic(named: "b")?.recordCount == 1)
    }
}
