import EventLog
import Glibc
import LogFormat
import NIOCore
import TestSupport
import Testing

@Suite("Crashes on a simulated disk that loses, tears and reorders unsynced writes, notes/log.md")
struct CrashTests {
    /// One disk over many lives of a log: what was promised, and the checks of it.
    private struct History {
        let seed: UInt64
        var random: SeededGenerator
        var disk: SimulatedDisk
        /// Acknowledged by a notice.
        var acknowledged: Set<String> = []
        /// Returned by a read: a partition's offset and its value.
        var shown: [RecordLocation: String] = [:]
        /// Synced before the current life ended; the log may hold more.
        var nextValue = 0
        var crashes = 0
        var failedSyncs = 0
        var diskFulls = 0
        var opensCut = 0

        init(seed: UInt64) {
            self.seed = seed
            self.random = SeededGenerator(seed: seed)
            self.disk = SimulatedDisk(seed: seed &* 31)
        }

        mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self.random) }

        /// Opens the log, also when the process is killed or the power fails while it recovers.
        mutating func open() throws -> (EventLog, LogTopic) {
            while true {
                if self.number(0...3) == 0 { self.disk.faults.operationsUntilCrash = self.number(0...12) }
                do throws(EventLogError) {
                    let log = try makeLog(
                        self.disk,
                        segmentBytesMax: 2_000,
                        pendingBytesMax: 100_000,
                        batchBytesMax: 300
                    )
                    do throws(EventLogError) {
                        let topic = try log.openTopic("t", partitions: 3)
                        self.disk.faults.operationsUntilCrash = nil
                        if self.disk.hasCrashed { throw EventLogError.closed(topic: "t") }
                        return (log, topic)
                    } catch {
                        log.close()
                        throw error
                    }
                } catch {
                    guard self.disk.hasCrashed else { throw error }
                    self.opensCut += 1
                    self.disk = self.number(0...2) == 0 ? self.disk.afterKill() : self.disk.afterPowerCut()
                }
            }
        }

        /// Everything promised is there once, in order, and no offset shows another value than before.
        mutating func check(_ topic: LogTopic) throws {
            let records = try topic.allRecords(maxBytes: self.number(1...3_000))
            var next = topic.startOffsets
            var seen: Set<String> = []
            for record in records {
                #expect(record.offset == next[record.partition], "seed \(self.seed): offsets go up by one")
                next[record.partition] = record.offset + 1
                #expect(seen.insert(record.value).inserted, "seed \(self.seed): \(record.value) is there twice")
                let location = RecordLocation(partition: record.partition, offset: record.offset)
                let before = self.shown.updateValue(record.value, forKey: location)
                #expect(
                    before == nil || before == record.value,
                    "seed \(self.seed): \(location) showed \(before ?? "")"
                )
            }
            #expect(next == topic.endOffsets, "seed \(self.seed)")
            let lost = self.acknowledged.subtracting(seen)
            #expect(lost.isEmpty, "seed \(self.seed): acknowledged and gone: \(lost)")
            let missing = self.shown.filter { $0.value.isEmpty == false && !seen.contains($0.value) }
            #expect(missing.isEmpty, "seed \(self.seed): shown and gone: \(missing)")
        }

        /// One life: open, check, append until the disk fails or enough was written, crash.
        mutating func live() async throws {
            let (log, topic) = try self.open()
            try self.check(topic)
            switch self.number(0...9) {
            case 0...5: self.disk.faults.operationsUntilCrash = self.number(0...25)
            case 6: self.disk.faults.syncsUntilFailure = self.number(0...8)
            case 7: self.disk.faults.bytesUntilFull = self.number(0...3_000)
            default: break
            }
            let notices = Notices()
            let appender = topic.makeAppender(onCommit: notices.callback)
            for _ in 0..<self.number(1...12) {
                var values: [String] = []
                for _ in 0..<self.number(1...6) {
                    let value = "\(self.nextValue)-" + String(repeating: "x", count: self.number(0...120))
                    self.nextValue += 1
                    values.append(value)
                    appender.stage(
                        RecordTemplate(key: nil, partition: self.number(0...2)),
                        value: ByteBuffer(string: value)
                    )
                }
                guard case .accepted = appender.submit(), let notice = await notices.next() else { break }
                guard notice.outcome == .synced else { break }
                self.acknowledged.formUnion(values)
                if self.number(0...3) == 0 { try self.check(topic) }
            }
            self.failedSyncs += self.disk.hasFailedSync ? 1 : 0
            self.diskFulls += self.disk.faults.bytesUntilFull == 0 ? 1 : 0
            self.end(log)
        }

        private mutating func end(_ log: EventLog) {
            let hasCrashed = self.disk.hasCrashed
            self.disk.faults = SimulatedDisk.Faults()
            self.crashes += 1
            switch self.number(0...9) {
            case 0 where !hasCrashed:
                // A clean stop, or after a failed write one that is not.
                log.close()
            case 1...4:
                let disk = self.disk.afterKill()
                log.close()
                self.disk = disk
            default:
                let disk = self.disk.afterPowerCut()
                log.close()
                self.disk = disk
            }
        }
    }

    @Test("whatever fails, everything acknowledged is there once and in order, and no offset shows two values")
    func histories() async throws {
        let seed = SeededGenerator.seed(of: "crashes")
        // `make fuzz` sets more; a hundred are 2,000 crashes.
        let histories = getenv("WEIR_CRASH_HISTORIES").flatMap { Int(String(cString: $0)) } ?? 100
        var crashes = 0
        var failedSyncs = 0
        var diskFulls = 0
        var opensCut = 0
        for number in 0..<histories {
            var history = History(seed: seed &+ UInt64(number))
            for _ in 0..<20 { try await history.live() }
            let (log, topic) = try history.open()
            try history.check(topic)
            log.close()
            crashes += history.crashes
            failedSyncs += history.failedSyncs
            diskFulls += history.diskFulls
            opensCut += history.opensCut
        }
        print(
            "crashes \(crashes), of them after failed syncs \(failedSyncs), full disks \(diskFulls), in recovery \(opensCut)"
        )
        #expect(crashes == histories * 20)
        #expect(
            failedSyncs > histories / 4 && diskFulls > histories / 4 && opensCut > histories / 4,
            "seed \(seed): every kind of fault must occur"
        )
    }
}
