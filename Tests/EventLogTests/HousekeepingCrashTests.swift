import EventLog
import Glibc
import LogFormat
import NIOCore
import TestSupport
import Testing

@Suite("Crashes while topics are set, rolled by age, emptied by retention, reopened and deleted, notes/log.md")
struct HousekeepingCrashTests {
    /// One disk over many lives of a log with a topic of one partition.
    private struct History {
        let seed: UInt64
        var random: SeededGenerator
        var disk: SimulatedDisk
        let clock = ManualClock()
        /// Of the topic that there is now, by offset: what a notice acknowledged, and what a read showed.
        var acknowledged: [Int64: String] = [:]
        var shown: [Int64: String] = [:]
        /// The start offset that a finished removal has left.
        var startLeast: Int64 = 0
        /// What the settings may be: those of the last call that returned, and those of later calls that did not.
        var settings: [TopicSettings] = []
        /// Whether a deletion has begun and not returned.
        var mayBeGone = false
        var nextValue = 0
        var counts: [String: Int] = [:]

        init(seed: UInt64) {
            self.seed = seed
            self.random = SeededGenerator(seed: seed)
            self.disk = SimulatedDisk(seed: seed &* 31)
        }

        mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self.random) }

        mutating func count(_ event: String) { self.counts[event, default: 0] += 1 }

        mutating func open() throws -> (EventLog, LogTopic) {
            while true {
                if self.number(0...3) == 0 { self.disk.faults.operationsUntilCrash = self.number(0...14) }
                do throws(EventLogError) {
                    let log = try makeLog(self.disk, clock: self.clock, segmentBytesMax: 800, batchBytesMax: 300)
                    do throws(EventLogError) {
                        let topic = try self.findTopic(log)
                        self.disk.faults.operationsUntilCrash = nil
                        if self.disk.hasCrashed { throw EventLogError.closed(topic: "t") }
                        return (log, topic)
                    } catch {
                        log.close()
                        throw error
                    }
                } catch {
                    guard self.disk.hasCrashed else { throw error }
                    self.count("open cut")
                    self.disk = self.number(0...2) == 0 ? self.disk.afterKill() : self.disk.afterPowerCut()
                }
            }
        }

        private mutating func findTopic(_ log: EventLog) throws(EventLogError) -> LogTopic {
            if let topic = log.topic(named: "t") {
                self.mayBeGone = false
                return topic
            }
            if let failure = log.failures["t"] { throw failure }
            #expect(
                self.mayBeGone || self.acknowledged.isEmpty,
                "seed \(self.seed): the topic is gone and nobody deleted it"
            )
            return try self.make(log)
        }

        private mutating func make(_ log: EventLog) throws(EventLogError) -> LogTopic {
            self.mayBeGone = true
            self.acknowledged = [:]
            self.shown = [:]
            self.startLeast = 0
            // Also when this crashes and the next life finds it made.
            self.settings = [TopicSettings(segmentBytesMax: 800)]
            let topic = try log.openTopic("t", partitions: 1)
            self.mayBeGone = false
            return topic
        }

        /// Nothing promised is missing, and no offset shows another value than before.
        mutating func check(_ topic: LogTopic) throws {
            let records = try topic.allRecords(maxBytes: self.number(1...3_000))
            let start = topic.startOffsets[0]
            #expect(start >= self.startLeast, "seed \(self.seed): removed records are back")
            #expect(topic.endOffsets[0] == (records.last?.offset).map { $0 + 1 } ?? start, "seed \(self.seed)")
            for (index, record) in records.enumerated() {
                #expect(record.offset == start + Int64(index), "seed \(self.seed): offsets go up by one")
                let before = self.shown.updateValue(record.value, forKey: record.offset)
                #expect(before == nil || before == record.value, "seed \(self.seed): offset \(record.offset)")
            }
            for (offset, value) in self.acknowledged where offset >= start {
                #expect(self.shown[offset] == value, "seed \(self.seed): acknowledged \(offset) is gone")
                #expect(offset < topic.endOffsets[0], "seed \(self.seed): acknowledged \(offset) is gone")
            }
            for offset in self.shown.keys where offset >= start {
                #expect(offset < topic.endOffsets[0], "seed \(self.seed): shown \(offset) is gone")
            }
            #expect(
                self.settings.contains(topic.settings),
                "seed \(self.seed): \(topic.settings) of \(self.settings.count)"
            )
        }

        mutating func append(_ topic: LogTopic) async throws {
            for _ in 0..<self.number(1...6) {
                let value = "\(self.nextValue)-" + String(repeating: "x", count: self.number(0...200))
                self.nextValue += 1
                self.clock.advance(Int64(self.number(0...600_000)))
                do throws(EventLogError) {
                    let locations = try await topic.append([NewRecord(key: nil, value: Array(value.utf8))])
                    self.acknowledged[locations[0].offset] = value
                } catch {
                    return
                }
            }
        }

        mutating func configure(_ log: EventLog) {
            let settings = TopicSettings(
                retentionMilliseconds: self.number(0...2) == 0 ? nil : Int64(self.number(1...10_000_000)),
                retentionBytes: self.number(0...2) == 0 ? nil : Int64(self.number(1...4_000)),
                segmentMillisecondsMax: Int64(self.number(1_000...3_600_000)),
                timestampType: self.number(0...1) == 0 ? .logAppendTime : .createTime
            )
            self.settings.append(settings)
            guard (try? log.configureTopic("t", settings: settings)) != nil else { return }
            self.settings = [settings]
            self.count("set")
            // Small segments again: the settings' least are too large for these lives.
            _ = try? log.openTopic("t", segmentBytesMax: 800)
        }

        mutating func delete(_ log: EventLog) throws -> LogTopic? {
            self.mayBeGone = true
            guard (try? log.deleteTopic("t")) != nil else {
                self.count("deletion cut")
                return nil
            }
            self.count("deleted")
            return try? self.make(log)
        }

        /// One life: open, check, do this and that until something fails, crash.
        mutating func live() async throws {
            let (log, found) = try self.open()
            var topic = found
            _ = try log.openTopic("t", segmentBytesMax: 800)
            try self.check(topic)
            // What was found is durable.
            self.settings = [topic.settings]
            switch self.number(0...9) {
            case 0...4: self.disk.faults.operationsUntilCrash = self.number(0...40)
            case 5...6: self.disk.faults.syncsUntilFailure = self.number(0...8)
            case 7: self.disk.faults.bytesUntilFull = self.number(0...3_000)
            default: break
            }
            for _ in 0..<self.number(1...8) where topic.status != .closed {
                switch self.number(0...9) {
                case 0...4:
                    try await self.append(topic)
                case 5...6:
                    self.clock.advance(Int64(self.number(0...4_000_000)))
                    log.applyRetention(now: self.clock.read(), uptime: self.clock.uptime)
                    if !self.disk.hasCrashed { self.count("retention") }
                case 7:
                    self.configure(log)
                case 8 where self.number(0...2) == 0:
                    guard let new = try self.delete(log) else { break }
                    topic = new
                default:
                    if self.number(0...1) == 0 { self.disk.faults.bytesUntilFull = nil }
                    guard topic.status != .open, topic.status != .closed else { break }
                    if (try? log.reopenTopic("t")) != nil { self.count("reopened") }
                }
                guard topic.status != .closed, !self.mayBeGone else { break }
                try self.check(topic)
                if !self.disk.hasCrashed { self.startLeast = max(self.startLeast, topic.startOffsets[0]) }
            }
            self.end(log)
        }

        private mutating func end(_ log: EventLog) {
            let hasCrashed = self.disk.hasCrashed
            self.disk.faults = SimulatedDisk.Faults()
            self.count("crash")
            switch self.number(0...9) {
            case 0...1 where !hasCrashed:
                log.close()
            case 2...4:
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

    @Test("whatever fails: what is acknowledged and not too old is there, nothing comes back, all is whole")
    func histories() async throws {
        let seed = SeededGenerator.seed(of: "housekeeping")
        // `make fuzz` sets more; a hundred are 2,000 crashes.
        let histories = getenv("WEIR_CRASH_HISTORIES").flatMap { Int(String(cString: $0)) } ?? 100
        var counts: [String: Int] = [:]
        for number in 0..<histories {
            var history = History(seed: seed &+ UInt64(number))
            for _ in 0..<20 { try await history.live() }
            let (log, topic) = try history.open()
            try history.check(topic)
            log.close()
            counts.merge(history.counts, uniquingKeysWith: +)
        }
        print("housekeeping: \(counts.sorted { $0.key < $1.key })")
        for event in ["crash", "open cut", "set", "retention", "deleted", "deletion cut", "reopened"] {
            #expect(counts[event, default: 0] >= histories / 10, "seed \(seed): \(event) must occur")
        }
    }
}
