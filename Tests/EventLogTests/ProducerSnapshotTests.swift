import LogFormat
import LogTestSupport
import Testing

@testable import EventLog

@Suite("Producers' snapshots that cannot be written, removed or read")
struct ProducerSnapshotTests {
    private func numbered(_ sequence: Int32) -> BatchFixture {
        let value = String(repeating: "v", count: 100)
        return BatchFixture(values: [value], producerID: 4_000, producerEpoch: 0, baseSequence: sequence)
    }

    private func snapshots(_ disk: SimulatedDisk) -> [String] {
        disk.fileNames(in: "/log/t").filter { $0.hasSuffix(".producers") }
    }

    @Test("one that cannot be written is tried once per segment, not after every commit")
    func notWritten() async throws {
        let disk = SimulatedDisk(seed: 1)
        let files = FaultyFiles(disk)
        let log = try makeLog(files, segmentBytesMax: 3_000)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        files.faults.uncreatable = ".producers" + LogFileNames.unfinishedSuffix
        for number in 0..<100 { _ = try await topic.produce(self.numbered(Int32(number))) }
        let rolls = Int(topic.end.segment)
        #expect(rolls > 3 && rolls < 20)
        #expect((1...rolls).contains(files.faults.tries))
        files.faults.uncreatable = nil
        for number in 100..<130 { _ = try await topic.produce(self.numbered(Int32(number))) }
        #expect(!self.snapshots(disk).isEmpty)
    }

    @Test("an old one that cannot be removed does not keep the new ones from being written")
    func notRemoved() async throws {
        let disk = SimulatedDisk(seed: 1)
        let files = FaultyFiles(disk)
        let log = try makeLog(files, segmentBytesMax: 3_000)
        let topic = try log.openTopic("t", partitions: 1)
        files.faults.unremovable = ".producers"
        for number in 0..<100 { _ = try await topic.produce(self.numbered(Int32(number))) }
        let rolls = Int(topic.end.segment)
        #expect(self.snapshots(disk).count >= rolls - 1)
        #expect(files.faults.tries <= rolls * rolls)
        files.faults.unremovable = nil
        log.close()
        #expect(self.snapshots(disk).count == 2, "all that were left are gone")
    }

    @Test("what a long reading has found is written by the next commit: a kill does not make it all be read again")
    func writtenAfterReading() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, segmentBytesMax: 1_000)
        let topic = try log.openTopic("t", partitions: 1)
        for number in 0..<40 { _ = try await topic.produce(self.numbered(Int32(number))) }
        log.close()
        for name in self.snapshots(disk) { disk.remove("/log/t/" + name) }
        let second = try makeLog(disk)
        let reopened = try second.openTopic("t")
        #expect(try await reopened.produce(self.numbered(39)) == .duplicate(baseOffset: 39))
        _ = try await reopened.produce(self.numbered(40))
        let limit = ContinuousClock.now + .seconds(10)
        while self.snapshots(disk).isEmpty, ContinuousClock.now < limit { await Task.yield() }
        #expect(self.snapshots(disk).count == 1)
        #expect(reopened.producersPastFault == nil)
        second.close()
    }

    @Test("damage in what is read back is told: retries of what stood there are not recognised")
    func notWhole() async throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk, segmentBytesMax: 1_000)
        let topic = try log.openTopic("t", partitions: 1)
        for number in 0..<40 { _ = try await topic.produce(self.numbered(Int32(number))) }
        log.close()
        for name in self.snapshots(disk) { disk.remove("/log/t/" + name) }
        let path = "/log/t/00000000000000000001.log"
        var bytes = try #require(disk.bytes(path))
        bytes[60] ^= 1
        disk.set(path, bytes)
        let second = try makeLog(disk)
        defer { second.close() }
        let reopened = try second.openTopic("t")
        #expect(reopened.producersPastFault == nil, "nobody has asked")
        #expect(try await reopened.produce(self.numbered(39)) == .duplicate(baseOffset: 39))
        #expect(reopened.producersPastFault?.hasPrefix(path) == true)
    }
}
