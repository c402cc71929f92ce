import EventLog
import Testing

@Suite("A crash, and another before the first is recovered from, notes/log.md")
struct SecondCrashTests {
    /// How a life of the log ends.
    enum Crash: CaseIterable {
        case kill
        case powerCut

        /// The disk as the next life finds it.
        func happen(to disk: SimulatedDisk) -> SimulatedDisk {
            switch self {
            case .kill: disk.afterKill()
            case .powerCut: disk.afterPowerCut()
            }
        }
    }

    /// More than the operations of any step here, so that in the last cases nothing crashes.
    private static let operations = 0..<26
    private static let segmentBytesMax = 600

    /// A next life after a kill: what it acknowledges must outlive a power cut.
    private func expectKept(after killed: SimulatedDisk, _ values: [String], _ comment: Comment) async throws {
        let log = try makeLog(killed, segmentBytesMax: SecondCrashTests.segmentBytesMax)
        let topic = try log.openTopic("t", partitions: 1)
        try await topic.append(values: ["after the kill"])
        let cut = killed.afterPowerCut()
        log.close()
        let reopened = try makeLog(cut, segmentBytesMax: SecondCrashTests.segmentBytesMax)
        defer { reopened.close() }
        #expect(reopened.failures.isEmpty, comment)
        let found = try reopened.openTopic("t", partitions: 1).allRecords().map(\.value)
        #expect(found.filter { $0 == "after the kill" || values.contains($0) } == values + ["after the kill"], comment)
    }

    @Test(
        "killed while a segment begins: what the next start acknowledges outlives a power cut",
        arguments: SecondCrashTests.operations
    )
    func killedInRoll(operations: Int) async throws {
        for seed in 0..<20 {
            let disk = SimulatedDisk(seed: UInt64(seed))
            let log = try makeLog(disk, segmentBytesMax: SecondCrashTests.segmentBytesMax)
            let topic = try log.openTopic("t", partitions: 1)
            try await topic.append(values: ["a", "b"])
            disk.faults.operationsUntilCrash = operations
            _ = try? await topic.append(values: [String(repeating: "x", count: 500)])
            let killed = disk.afterKill()
            log.close()
            try await self.expectKept(after: killed, ["a", "b"], "seed \(seed)")
        }
    }

    @Test(
        "killed while the log and a topic are made: what the next start acknowledges outlives a power cut",
        arguments: SecondCrashTests.operations
    )
    func killedInMaking(operations: Int) async throws {
        for seed in 0..<20 {
            let disk = SimulatedDisk(seed: UInt64(seed))
            disk.faults.operationsUntilCrash = operations
            let log = try? makeLog(disk)
            _ = try? log?.openTopic("t", partitions: 1)
            let killed = disk.afterKill()
            log?.close()
            try await self.expectKept(after: killed, [], "seed \(seed)")
        }
    }

    @Test(
        "recovery of a lost tail, cut off twice at any points, keeps the copy of it and gives none of its offsets again",
        arguments: SecondCrashTests.operations,
        Crash.allCases
    )
    func lostTail(operations: Int, crash: Crash) async throws {
        let first = "/log/t/00000000000000000000.log"
        let whole = SimulatedDisk(seed: 1)
        let log = try makeLog(whole)
        let topic = try log.openTopic("t", partitions: 1)
        try await topic.append(values: ["a", "b", "c", "d"])
        let last = try #require(topic.read(from: topic.position(at: .earliest), maxBytes: 1 << 20).batches.last)
        log.close()
        let mark = try #require(whole.bytes("/log/t/clean.mark"))
        var damaged = try #require(whole.bytes(first))
        damaged[Int(last.position.byte) + 84] ^= 0x20
        for secondOperations in SecondCrashTests.operations {
            let seed = UInt64(1_000 * operations + secondOperations)
            var disk = SimulatedDisk(seed: seed)
            // The same folder on a disk with another seed.
            let empty = try makeLog(disk)
            _ = try empty.openTopic("t", partitions: 1)
            empty.close()
            disk.set(first, damaged)
            disk.set("/log/t/clean.mark", mark)
            for count in [operations, secondOperations] {
                disk.faults.operationsUntilCrash = count
                let interrupted = try? makeLog(disk)
                let crashed = crash.happen(to: disk)
                interrupted?.close()
                disk = crashed
            }
            let reopened = try makeLog(disk)
            let topic = try reopened.openTopic("t")
            #expect(try topic.allRecords().map(\.value) == ["a", "b", "c"], "seed \(seed)")
            #expect(disk.bytes(first + ".lost") == Array(damaged[Int(last.position.byte)...]), "seed \(seed)")
            #expect(try await topic.append(values: ["e"])[0].offset == 4, "seed \(seed)")
            reopened.close()
        }
    }
}
