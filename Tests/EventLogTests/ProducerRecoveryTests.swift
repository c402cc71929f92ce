import EventLog
import LogFormat
import LogTestSupport
import NIOCore
import Synchronization
import TelemetryModel
import Testing

@Suite("A producer's retry over a restart, contracts/kafka.md §5.5", .timeLimit(.minutes(2)))
struct ProducerRecoveryTests {
    /// How a life of the log ends.
    enum End: CaseIterable {
        case clean
        case kill
        case powerCut
    }

    private func numbered(_ sequence: Int32, producer: Int64 = 4_000, bytes: Int = 100) -> BatchFixture {
        let value = String(repeating: "v", count: bytes)
        return BatchFixture(values: [value], producerID: producer, producerEpoch: 0, baseSequence: sequence)
    }

    private func end(_ log: EventLog, _ disk: SimulatedDisk, _ end: End) -> SimulatedDisk {
        defer { log.close() }
        switch end {
        case .clean:
            log.close()
            return disk
        case .kill: return disk.afterKill()
        case .powerCut: return disk.afterPowerCut()
        }
    }

    private func open(_ disk: SimulatedDisk) throws -> (EventLog, LogTopic) {
        let log = try makeLog(disk)
        return (log, try log.openTopic("t", partitions: 2, segmentBytesMax: 1_000))
    }

    private func snapshots(_ disk: SimulatedDisk) -> [String] {
        disk.fileNames(in: "/log/t").filter { $0.hasSuffix(".producers") }
    }

    @Test(
        "is recognised, from the active segment and from segments before it",
        arguments: End.allCases,
        [1, 3, 20, 41]
    )
    func retry(end: End, batches: Int) async throws {
        let disk = SimulatedDisk(seed: UInt64(batches))
        let (log, topic) = try self.open(disk)
        for number in 0..<batches { _ = try await topic.produce(self.numbered(Int32(number))) }
        let (again, reopened) = try self.open(self.end(log, disk, end))
        defer { again.close() }
        for number in max(0, batches - 5)..<batches {
            #expect(try await reopened.produce(self.numbered(Int32(number))) == .duplicate(baseOffset: Int64(number)))
        }
        #expect(try await reopened.produce(self.numbered(Int32(batches + 1))) == .refused(.outOfOrderSequence))
        guard case .stored = try await reopened.produce(self.numbered(Int32(batches))) else {
            Issue.record("the next batch must be stored")
            return
        }
        #expect(reopened.endOffsets == [Int64(batches + 1), 0])
    }

    @Test("a snapshot is written at each roll and at a clean stop, and the last two are kept")
    func snapshotFiles() async throws {
        let disk = SimulatedDisk(seed: 1)
        let (log, topic) = try self.open(disk)
        for number in 0..<3 { _ = try await topic.produce(self.numbered(Int32(number))) }
        #expect(topic.end.segment == 0)
        #expect(self.snapshots(disk).isEmpty)
        for number in 3..<30 { _ = try await topic.produce(self.numbered(Int32(number))) }
        let last = topic.end.segment
        log.close()
        let names = [last - 1, last].map { "0000000000000000000\($0).producers" }
        #expect(last >= 4 && last < 10)
        #expect(self.snapshots(disk) == names)
        let bytes = try #require(disk.bytes("/log/t/" + names[1]))
        let snapshot = try #require(ProducerSnapshot(reading: bytes, partitionCount: 2))
        #expect(snapshot.nextOffsets == [30, 0])
        #expect(
            snapshot.table[.init(producerID: 4_000, partition: 0)]?.marks.map(\.baseOffset) == [25, 26, 27, 28, 29]
        )
    }

    @Test(
        "without snapshots, or with damaged ones, the log itself is read back",
        arguments: ["none", "cut", "flipped"]
    )
    func withoutSnapshots(damage: String) async throws {
        let disk = SimulatedDisk(seed: 1)
        let (log, topic) = try self.open(disk)
        _ = try await topic.produce(self.numbered(0, producer: 1))
        for number in 0..<40 { _ = try await topic.produce(self.numbered(Int32(number)), partition: 1) }
        #expect(topic.end.segment > 5)
        log.close()
        for name in self.snapshots(disk) {
            var bytes = try #require(disk.bytes("/log/t/" + name))
            switch damage {
            case "none": disk.remove("/log/t/" + name)
            case "cut": disk.set("/log/t/" + name, Array(bytes.dropLast(3)))
            default:
                bytes[60] ^= 1
                disk.set("/log/t/" + name, bytes)
            }
        }
        let (again, reopened) = try self.open(disk)
        defer { again.close() }
        // Records without numbers need no past; what comes behind a producer that waits for it keeps its order.
        _ = try await reopened.produce(BatchFixture())
        let answers = (0..<3).map { _ in Answers() }
        reopened.produce([try checked(self.numbered(0, producer: 1))], then: answers[0].callback)
        reopened.produce([try checked(self.numbered(39), partition: 1)], then: answers[1].callback)
        reopened.produce([try checked(self.numbered(40), partition: 1)], then: answers[2].callback)
        #expect(await answers[0].next() == [.duplicate(baseOffset: 0)])
        #expect(await answers[1].next() == [.duplicate(baseOffset: 39)])
        guard case .stored(baseOffset: 40, appendTime: _) = await answers[2].next().first else {
            Issue.record("the next batch must be stored")
            return
        }
    }

    @Test("a snapshot of what a torn end has lost is not believed")
    func lostTail() async throws {
        let disk = SimulatedDisk(seed: 1)
        let (log, topic) = try self.open(disk)
        for number in 0..<8 { _ = try await topic.produce(self.numbered(Int32(number))) }
        let end = topic.end
        log.close()
        let path = "/log/t/0000000000000000000\(end.segment).log"
        let bytes = try #require(disk.bytes(path))
        disk.set(path, Array(bytes.dropLast(1)))
        let (again, reopened) = try self.open(disk)
        defer { again.close() }
        // Batch 7 is gone; its offset is not given again, and its retry is stored.
        guard case .stored(let offset, _) = try await reopened.produce(self.numbered(7)) else {
            Issue.record("the retry of a lost batch must be stored")
            return
        }
        #expect(offset == 8)
        #expect(try await reopened.produce(self.numbered(6)) == .duplicate(baseOffset: 6))
    }

    @Test("closing while the log is read back refuses what waits for it, and leaves no half past behind")
    func closedWhileReading() async throws {
        let disk = SimulatedDisk(seed: 1)
        let (log, topic) = try self.open(disk)
        for number in 0..<40 { _ = try await topic.produce(self.numbered(Int32(number))) }
        log.close()
        for name in self.snapshots(disk) { disk.remove("/log/t/" + name) }
        let (second, reopened) = try self.open(disk)
        let answers = Answers()
        reopened.produce([try checked(self.numbered(39))], then: answers.callback)
        second.close()
        let answered = answers.received
        #expect(answered == [[.duplicate(baseOffset: 39)]] || answered == [[.refused(.closed)]])
        let (third, last) = try self.open(disk)
        defer { third.close() }
        #expect(try await last.produce(self.numbered(39)) == .duplicate(baseOffset: 39))
    }
}
