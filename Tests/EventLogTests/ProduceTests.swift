import EventLog
import LogFormat
import LogTestSupport
import NIOCore
import Synchronization
import TelemetryModel
import Testing

@Suite("Storing producers' batches, contracts/kafka.md §5", .timeLimit(.minutes(2)))
struct ProduceTests {
    private let time: Int64 = 1_795_000_000_000

    private func numbered(_ sequence: Int32, _ values: [String] = ["v"], epoch: Int16 = 0) -> BatchFixture {
        BatchFixture(values: values, producerID: 4_000, producerEpoch: epoch, baseSequence: sequence)
    }

    /// The stored bytes of a partition.
    private func stored(_ topic: LogTopic, _ partition: Int = 0) throws -> [UInt8] {
        Array(
            try topic.readPartition(partition, from: 0, maxBytes: 1 << 20, isFirstWhole: true).batches
                .readableBytesView
        )
    }

    @Test("a batch gets offset, leader epoch, LogAppendTime and a new CRC; its records stay byte for byte")
    func logAppendTime() async throws {
        let clock = ManualClock(self.time + 1_000)
        let log = try makeLog(SimulatedDisk(seed: 1), clock: clock)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 2)
        let fixture = BatchFixture(values: ["a", "b"], key: "dev-001", timeStep: 150)
        for base in [Int64(0), 2] {
            let outcome = try await topic.produce(fixture, partition: 1)
            #expect(outcome == .stored(baseOffset: base, appendTime: clock.read()))
        }
        let batches = try wholeBatches(ByteBuffer(bytes: self.stored(topic, 1)))
        #expect(batches.count == 2)
        var header = fixture.header
        header.attributes = RecordBatchHeader.logAppendTime
        header.maxTimestamp = self.time + 1_000
        header.baseOffset = 2
        #expect(Array(batches[1].readableBytesView) == fixture.bytes(header: header))
        #expect(topic.endOffsets == [0, 4])
        let read = try topic.read(from: topic.position(at: .earliest), maxBytes: 1 << 20).batches
        #expect(try read.flatMap { try $0.records.map(\.offset) } == [0, 1, 2, 3])
        #expect(try read[0].records[0].timestamp == clock.read())
    }

    @Test("where a topic keeps producers' times, not a byte behind the magic is changed")
    func createTime() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1), clock: ManualClock(self.time + 1_000))
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        try log.configureTopic("t", settings: TopicSettings(timestampType: .createTime))
        let fixture = BatchFixture(values: ["a", "b"], timeStep: 150)
        #expect(try await topic.produce(fixture) == .stored(baseOffset: 0, appendTime: nil))
        #expect(try self.stored(topic) == fixture.bytes())
        // A producer's claim to be the log, and a wrong latest time, are put right.
        var header = fixture.header
        header.attributes = RecordBatchHeader.logAppendTime
        header.maxTimestamp = 5
        let batch = try ProducerBatch.check(
            ByteBuffer(bytes: fixture.bytes(header: header)),
            partition: 0,
            sizeMax: 1_000
        )
        let answers = Answers()
        topic.produce([batch], then: answers.callback)
        #expect(await answers.next() == [.stored(baseOffset: 2, appendTime: nil)])
        header = fixture.header
        header.baseOffset = 2
        #expect(try self.stored(topic).dropFirst(header.size).elementsEqual(fixture.bytes(header: header)))
    }

    @Test(
        "a time more than 24 hours ahead is refused where it would be kept",
        arguments: [(Int64(86_400_000), true), (86_400_001, false)]
    )
    func tooFarAhead(milliseconds: Int64, isStored: Bool) async throws {
        let log = try makeLog(SimulatedDisk(seed: 1), clock: ManualClock(self.time))
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        let fixture = BatchFixture(baseTimestamp: self.time + milliseconds)
        #expect(
            try await topic.produce(fixture) == .stored(baseOffset: 0, appendTime: Timestamp(milliseconds: self.time))
        )
        try log.configureTopic("t", settings: TopicSettings(timestampType: .createTime))
        let outcome = try await topic.produce(fixture)
        #expect(
            outcome == (isStored ? .stored(baseOffset: 1, appendTime: nil) : .refused(.timestampTooFarAhead))
        )
    }

    @Test("several batches are one write and one sync, and are answered together after it")
    func oneCycle() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 4)
        let before = disk.counts
        let answers = Answers()
        topic.produce(
            try [0, 3, 1, 3].map { try checked(BatchFixture(values: ["a", "b"]), partition: $0) },
            then: answers.callback
        )
        let time = Timestamp(milliseconds: self.time)
        #expect(
            await answers.next() == [
                .stored(baseOffset: 0, appendTime: time), .stored(baseOffset: 0, appendTime: time),
                .stored(baseOffset: 0, appendTime: time), .stored(baseOffset: 2, appendTime: time),
            ]
        )
        #expect(disk.counts.writes - before.writes == 1)
        #expect(disk.counts.dataSyncs - before.dataSyncs == 1)
        #expect(topic.endOffsets == [2, 2, 0, 4])
    }

    @Test("staged records and producers' batches of one partition keep the order in which they came")
    func mixed() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        let gate = Gate()
        disk.beforeSync.withLock { $0 = { gate.pass() } }
        let notices = Notices()
        let answers = Answers()
        let appender = topic.makeAppender(onCommit: notices.callback)
        let template = RecordTemplate(key: nil, partition: 0)
        appender.stage(template, value: ByteBuffer(string: "first"))
        _ = appender.submit()
        #expect(gate.waitForArrival())
        // Everything from here on gathers for one cycle.
        for number in 0..<3 {
            appender.stage(template, value: ByteBuffer(string: "m\(number)"))
            #expect(appender.submit() == .accepted(ticket: UInt64(number + 2)))
            #expect(appender.firstOffset == Int64(1 + 3 * number))
            topic.produce([try checked(BatchFixture(values: ["k\(number)", "l\(number)"]))], then: answers.callback)
        }
        gate.open(10)
        for number in 0..<3 {
            let expected = ProduceOutcome.stored(
                baseOffset: Int64(2 + 3 * number),
                appendTime: Timestamp(milliseconds: self.time)
            )
            #expect(await answers.next() == [expected])
        }
        let values = ["first", "m0", "k0", "l0", "m1", "k1", "l1", "m2", "k2", "l2"]
        #expect(try topic.allRecords().map(\.value) == values)
        #expect(try topic.consume(0).map(\.value) == values)
        #expect(topic.commitCount == 2)
    }

    // MARK: Numbers

    @Test("a batch sent again is answered with its first offset and not stored again")
    func duplicate() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 2)
        let time = Timestamp(milliseconds: self.time)
        #expect(try await topic.produce(self.numbered(0, ["a", "b"])) == .stored(baseOffset: 0, appendTime: time))
        #expect(try await topic.produce(self.numbered(2)) == .stored(baseOffset: 2, appendTime: time))
        #expect(try await topic.produce(self.numbered(0, ["a", "b"])) == .duplicate(baseOffset: 0))
        #expect(try await topic.produce(self.numbered(2)) == .duplicate(baseOffset: 2))
        #expect(try await topic.produce(self.numbered(4)) == .refused(.outOfOrderSequence))
        // Another partition is another sequence, and an unknown producer may begin anywhere.
        #expect(try await topic.produce(self.numbered(7), partition: 1) == .stored(baseOffset: 0, appendTime: time))
        #expect(try await topic.produce(self.numbered(0, epoch: 1)) == .stored(baseOffset: 3, appendTime: time))
        #expect(try await topic.produce(self.numbered(3)) == .refused(.invalidProducerEpoch))
        #expect(topic.endOffsets == [4, 1])
    }

    @Test("a duplicate of what is not synced yet is answered only after the sync of its original")
    func duplicatePending() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        let gate = Gate()
        disk.beforeSync.withLock { $0 = { gate.pass() } }
        let answers = Answers()
        let batch = try checked(self.numbered(0))
        topic.produce([batch], then: answers.callback)
        #expect(gate.waitForArrival())
        topic.produce([batch], then: answers.callback)
        let next = try checked(self.numbered(1))
        topic.produce([next, next], then: answers.callback)
        #expect(answers.received.isEmpty)
        let time = Timestamp(milliseconds: self.time)
        gate.open()
        #expect(await answers.next() == [.stored(baseOffset: 0, appendTime: time)])
        #expect(await answers.next() == [.duplicate(baseOffset: 0)])
        #expect(gate.waitForArrival())
        #expect(answers.received.count == 2)
        gate.open(10)
        #expect(await answers.next() == [.stored(baseOffset: 1, appendTime: time), .duplicate(baseOffset: 1)])
    }

    @Test("when the sync fails, neither a batch nor its duplicate is acknowledged, and what was synced still is known")
    func failedSync() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        _ = try await topic.produce(self.numbered(0))
        let gate = Gate()
        disk.beforeSync.withLock { $0 = { gate.pass() } }
        disk.faults.syncsUntilFailure = 0
        let answers = Answers()
        let second = try checked(self.numbered(1))
        topic.produce([second], then: answers.callback)
        #expect(gate.waitForArrival())
        topic.produce([second, try checked(self.numbered(0)), try checked(self.numbered(2))], then: answers.callback)
        gate.open(10)
        guard case .refused(.fenced(let reason)) = await answers.next().first else {
            Issue.record("the batch of a failed cycle must be refused")
            return
        }
        let refused = ProduceOutcome.refused(.fenced(reason: reason))
        #expect(await answers.next() == [refused, .duplicate(baseOffset: 0), refused])
        #expect(try await topic.produce(self.numbered(1)) == refused)
        #expect(topic.endOffsets == [1])
        try log.reopenTopic("t")
        let time = Timestamp(milliseconds: self.time)
        #expect(try await topic.produce(self.numbered(0)) == .duplicate(baseOffset: 0))
        #expect(try await topic.produce(self.numbered(1)) == .stored(baseOffset: 1, appendTime: time))
        #expect(try topic.consume(0).count == 2)
    }

    // MARK: Bounds and ends

    @Test("when too much waits for the disk, batches are kept and taken in order after the next sync")
    func backedUp() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, pendingBytesMax: 1_000)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        let gate = Gate()
        disk.beforeSync.withLock { $0 = { gate.pass() } }
        let answers = Answers()
        let big = String(repeating: "x", count: 600)
        for number in 0..<6 {
            topic.produce([try checked(self.numbered(Int32(number), ["\(number)" + big]))], then: answers.callback)
            if number == 0 { #expect(gate.waitForArrival()) }
        }
        #expect(topic.isBackedUp)
        gate.open(100)
        for number in 0..<6 {
            guard case .stored(baseOffset: Int64(number), appendTime: _) = await answers.next().first else {
                Issue.record("batch \(number) is not in order")
                return
            }
        }
        #expect(topic.commitCount >= 3)
        #expect(try topic.consume(0).map(\.value) == (0..<6).map { "\($0)" + big })
    }

    @Test("closing syncs and answers what was taken, and refuses the rest")
    func close() async throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        let topic = try log.openTopic("t", partitions: 1)
        let answers = Answers()
        topic.produce([try checked(BatchFixture())], then: answers.callback)
        log.close()
        #expect(answers.received == [[.stored(baseOffset: 0, appendTime: Timestamp(milliseconds: self.time))]])
        #expect(try await topic.produce(BatchFixture()) == .refused(.closed))
    }

    @Test("nothing handed in is answered at once")
    func empty() throws {
        let log = try makeLog(SimulatedDisk(seed: 1))
        defer { log.close() }
        let answers = Answers()
        try log.openTopic("t").produce([], then: answers.callback)
        #expect(answers.received == [[]])
    }

    @Test("observers are told of each commit, of a fence and of the close, and no more when dropped")
    func observers() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        let topic = try log.openTopic("t", partitions: 1)
        let told = AsyncStream.makeStream(of: LogTopic.Status.self)
        let dropped = Mutex(0)
        let observation = topic.observeCommits { told.continuation.yield(topic.status) }
        var other: CommitObservation? = topic.observeCommits { dropped.withLock { $0 += 1 } }
        var calls = told.stream.makeAsyncIterator()
        for number in 0..<3 {
            guard case .stored = try await topic.produce(BatchFixture()) else {
                Issue.record("not stored")
                return
            }
            #expect(await calls.next() == .open)
            if number == 0 { other = nil }
        }
        #expect(other == nil)
        disk.faults.syncsUntilFailure = 0
        _ = try await topic.produce(BatchFixture())
        guard case .fenced = await calls.next() else {
            Issue.record("not told of the fence")
            return
        }
        log.close()
        #expect(await calls.next() != nil)
        #expect(dropped.withLock { $0 } <= 1)
        withExtendedLifetime(observation) {}
    }
}
