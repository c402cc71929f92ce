import EventLog
import LogFormat
import NIOCore
import TelemetryModel
import Testing

@Suite("Appending to a topic and reading it back, DESIGN §5")
struct LogTopicAppendTests {
    @Test("records come back with key, value, headers, time, and offsets that go up by one")
    func roundTrip() async throws {
        let clock = ManualClock()
        let log = try makeLog(SimulatedDisk(seed: 1), clock: clock)
        defer { log.close() }
        let topic = try log.openTopic("alerts", partitions: 4)
        let records = (0..<3).map { number in
            NewRecord(
                key: Array("dev-001".utf8),
                value: Array("v\(number)".utf8),
                headers: [RecordHeader(name: "n", value: [UInt8(number)]), RecordHeader(name: "", value: [])]
            )
        }
        let locations = try await topic.append(records)
        #expect(locations == (0..<3).map { RecordLocation(partition: 3, offset: $0) })
        #expect(topic.endOffsets == [0, 0, 0, 3])
        #expect(topic.recordCount == 3)

        let result = try topic.read(from: topic.position(at: .earliest), maxBytes: 1 << 20)
        #expect(result.batches.count == 1)
        #expect(result.next == topic.end)
        let read = try result.batches[0].records
        #expect(read.map(\.offset) == [0, 1, 2])
        #expect(read.map { $0.key.map { String(buffer: $0) } } == ["dev-001", "dev-001", "dev-001"])
        #expect(read.map { String(buffer: $0.value) } == ["v0", "v1", "v2"])
        #expect(read.map(\.timestamp) == Array(repeating: clock.read(), count: 3))
        #expect(read.map { $0.headers.map(\.name) } == Array(repeating: ["n", ""], count: 3))
        #expect(read[2].headers.first(named: "n") == ByteBuffer(bytes: [2]))
        #expect(result.batches[0].bytes.getInteger(at: 21, as: Int16.self) == RecordBatchHeader.logAppendTime)
    }

    @Test("a device's records carry its id and the cycle's enqueue time as first headers, then the bag's")
    func template() async throws {
        let clock = ManualClock()
        let log = try makeLog(SimulatedDisk(seed: 1), clock: clock)
        defer { log.close() }
        let topic = try log.openTopic("telemetry")
        let notices = Notices()
        let appender = topic.makeAppender(onCommit: notices.callback)
        var bag = EncodedHeaders()
        bag.append(name: "content-type", value: "application/json")
        bag.append(name: "empty", value: "")
        for name in ["dev-001", "edge/camera"] {
            let identity = try #require(IdentityID(name))
            let template = RecordTemplate(device: identity, partition: topic.partition(forKey: name.utf8))
            appender.stage(template, value: ByteBuffer(string: "{}"), properties: bag)
        }
        #expect(appender.stagedCount == 2)
        #expect(appender.submit() == .accepted(ticket: 1))
        #expect(appender.stagedCount == 0)
        #expect(await notices.next() == CommitNotice(ticket: 1, outcome: .synced))

        let batches = try topic.read(from: topic.position(at: .earliest), maxBytes: 1 << 20).batches
        let records = try batches.flatMap { try $0.records }
        let device = try #require(records.first { $0.key == ByteBuffer(string: "dev-001") })
        #expect(
            device.headers.map { "\($0.name)=\($0.value.map { String(buffer: $0) } ?? "null")" } == [
                "iothub-connection-device-id=dev-001", "iothub-enqueuedtime=\(clock.read())",
                "content-type=application/json", "empty=",
            ]
        )
        let module = try #require(records.first { $0.key == ByteBuffer(string: "edge/camera") })
        #expect(
            module.headers.map(\.name) == [
                "iothub-connection-device-id", "iothub-enqueuedtime", "iothub-connection-module-id", "content-type",
                "empty",
            ]
        )
        #expect(module.headers.first(named: "iothub-connection-device-id") == ByteBuffer(string: "edge"))
        #expect(module.headers.first(named: "iothub-enqueuedtime") == ByteBuffer(string: "\(clock.read())"))
    }

    @Test("records without a key take turns over the partitions")
    func keyless() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 3)
        let locations = try await topic.append((0..<6).map { NewRecord(key: nil, value: [$0]) })
        #expect(locations.map(\.partition) == [0, 1, 2, 0, 1, 2])
        #expect(locations.map(\.offset) == [0, 0, 0, 1, 1, 1])
    }

    @Test("a clock that goes back never takes the enqueue stamp back, not across a restart either")
    func stamps() async throws {
        let disk = SimulatedDisk(seed: 1)
        let clock = ManualClock(5_000)
        let log = try makeLog(disk, clock: clock)
        let topic = try log.openTopic("t")
        try await topic.append(values: ["a"])
        clock.set(3_000)
        try await topic.append(values: ["b"])
        log.close()

        let reopened = try makeLog(disk, clock: clock)
        defer { reopened.close() }
        let again = try reopened.openTopic("t")
        try await again.append(values: ["c"])
        clock.set(7_000)
        try await again.append(values: ["d"])
        let batches = try again.read(from: again.position(at: .earliest), maxBytes: 1 << 20).batches
        #expect(try batches.flatMap { try $0.records }.map(\.timestampMilliseconds) == [5_000, 5_000, 5_000, 7_000])
    }

    @Test("a reopened log goes on with the next offset in every partition", arguments: [false, true])
    func reopen(isKilled: Bool) async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        let topic = try log.openTopic("t", partitions: 4)
        for key in ["a", "b", "c", "d", "e"] { try await topic.append(values: ["1\(key)"], key: key) }
        let offsets = topic.endOffsets
        let before = try topic.allRecords()
        let position = topic.end
        let next = isKilled ? disk.afterKill() : disk
        log.close()

        let reopened = try makeLog(next)
        defer { reopened.close() }
        let again = try #require(reopened.topic(named: "t"))
        #expect(again.partitionCount == 4)
        #expect(again.endOffsets == offsets)
        #expect(again.end == position)
        #expect(try again.allRecords() == before)
        let location = try await again.append(values: ["2a"], key: "a")[0]
        #expect(location.offset == offsets[location.partition])
        #expect(try again.allRecords(from: position).map(\.value) == ["2a"])
    }

    @Test("128-byte messages of a device, a hundred in a batch, cost at most 260 bytes each on disk")
    func bytesOnDisk() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        defer { log.close() }
        let topic = try log.openTopic("telemetry")
        let notices = Notices()
        let appender = topic.makeAppender(onCommit: notices.callback)
        let template = RecordTemplate(device: try #require(IdentityID("dev01")), partition: 2)
        let empty = topic.storedBytes
        for _ in 0..<100 { appender.stage(template, value: ByteBuffer(repeating: 0x41, count: 128)) }
        _ = appender.submit()
        _ = await notices.next()
        let perMessage = Double(topic.storedBytes - empty) / 100
        print("bytes on disk per 128-byte message, 100 in a batch: \(perMessage)")
        #expect(topic.recordCount == 100)
        #expect(perMessage <= 260)
    }

    @Test("topics are listed by name and found again, and another partition count is refused")
    func topics() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        let topic = try log.openTopic("b", partitions: 2)
        _ = try log.openTopic("a")
        #expect(log.topics.map(\.name) == ["a", "b"])
        #expect(try log.openTopic("b") === topic)
        #expect(try log.openTopic("b", partitions: 2) === topic)
        #expect(throws: EventLogError.invalidPartitionCount(topic: "b", asked: 3, existing: 2)) {
            try log.openTopic("b", partitions: 3)
        }
        #expect(throws: EventLogError.invalidPartitionCount(topic: "c", asked: 0, existing: nil)) {
            try log.openTopic("c", partitions: 0)
        }
        #expect(throws: EventLogError.invalidPartitionCount(topic: "c", asked: 33, existing: nil)) {
            try log.openTopic("c", partitions: 33)
        }
        #expect(try log.openTopic("c", partitions: 32).partitionCount == 32)
        #expect(throws: EventLogError.invalidTopicName("../x")) { try log.openTopic("../x") }
        #expect(log.topic(named: "nothing") === nil)
        log.close()
        let reopened = try makeLog(disk)
        #expect(reopened.topics.map(\.name) == ["a", "b", "c"])
        #expect(reopened.topics.map(\.partitionCount) == [4, 2, 32])
        reopened.close()
    }

    @Test("a closed log refuses everything with one reason")
    func closed() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        let topic = try log.openTopic("t")
        try await topic.append(values: ["a"])
        let appender = topic.makeAppender { _ in }
        log.close()
        #expect(topic.status == .closed)
        appender.stage(RecordTemplate(key: nil, partition: 0), value: ByteBuffer(string: "b"))
        #expect(appender.submit() == .refused(.closed))
        #expect(throws: EventLogError.closed(topic: "t")) { try topic.read(from: topic.end, maxBytes: 1) }
        #expect(throws: EventLogError.closed(topic: "t")) { try log.openTopic("t") }
        await #expect(throws: EventLogError.closed(topic: "t")) { try await topic.append(values: ["c"]) }
        await topic.waitForRecords(after: topic.end)
        log.close()
    }
}
