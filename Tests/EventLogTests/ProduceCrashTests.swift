import EventLog
import Glibc
import LogFormat
import LogTestSupport
import NIOCore
import TestSupport
import Testing

@Suite("Crashes under producers that send again what was not answered, issue 4", .timeLimit(.minutes(10)))
struct ProduceCrashTests {
    /// A producer as a client library is one: it sends its batches in order, and after a crash again those that were
    /// not answered.
    private struct Producer {
        var id: Int64
        var partition: Int
        var nextSequence: Int32 = 0
        /// Sent and not answered, in order.
        var unanswered: [BatchFixture] = []

        mutating func make(_ random: inout SeededGenerator) -> BatchFixture {
            let count = Int.random(in: 1...4, using: &random)
            let values = (0..<count).map { number in
                "\(self.id)/\(self.partition)/\(Int(self.nextSequence) + number) "
                    + String(repeating: "x", count: Int.random(in: 0...80, using: &random))
            }
            let fixture = BatchFixture(
                values: values,
                producerID: self.id,
                producerEpoch: 0,
                baseSequence: self.nextSequence
            )
            self.nextSequence += Int32(count)
            self.unanswered.append(fixture)
            return fixture
        }
    }

    /// One disk over many lives of a log.
    private struct History {
        let seed: UInt64
        var random: SeededGenerator
        var disk: SimulatedDisk
        var producers: [Producer]
        /// What every offset of a partition must show, once it was answered or read.
        var promised: [RecordLocation: String] = [:]
        var duplicates = 0

        init(seed: UInt64) {
            self.seed = seed
            self.random = SeededGenerator(seed: seed)
            self.disk = SimulatedDisk(seed: seed &* 31)
            self.producers = (0..<4).map { Producer(id: Int64($0 / 2), partition: $0 % 2) }
        }

        mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self.random) }

        mutating func open() throws -> (EventLog, LogTopic) {
            while true {
                if self.number(0...3) == 0 { self.disk.faults.operationsUntilCrash = self.number(0...12) }
                do throws(EventLogError) {
                    let log = try makeLog(self.disk, pendingBytesMax: 2_000)
                    do throws(EventLogError) {
                        let topic = try log.openTopic("t", partitions: 2, segmentBytesMax: 1_200)
                        self.disk.faults.operationsUntilCrash = nil
                        if self.disk.hasCrashed { throw EventLogError.closed(topic: "t") }
                        return (log, topic)
                    } catch {
                        log.close()
                        throw error
                    }
                } catch {
                    guard self.disk.hasCrashed else { throw error }
                    self.disk = self.number(0...2) == 0 ? self.disk.afterKill() : self.disk.afterPowerCut()
                }
            }
        }

        /// Every partition shows each producer's numbers once, in order and without a hole, and what was promised.
        mutating func check(_ topic: LogTopic) throws {
            for partition in 0..<2 {
                var nextNumber: [Substring: Int] = [:]
                let records = try topic.consume(partition, maxBytes: self.number(1...3_000))
                for (index, record) in records.enumerated() {
                    #expect(record.offset == Int64(index), "seed \(self.seed): offsets go up by one")
                    let name = record.value.prefix { $0 != " " }
                    let producer = name[..<(name.lastIndex(of: "/") ?? name.startIndex)]
                    let number = Int(name.dropFirst(producer.count + 1)) ?? -1
                    #expect(
                        number == nextNumber[producer, default: 0],
                        "seed \(self.seed): \(name) at \(record.offset)"
                    )
                    nextNumber[producer] = number + 1
                    let location = RecordLocation(partition: partition, offset: record.offset)
                    let before = self.promised.updateValue(record.value, forKey: location)
                    #expect(before == nil || before == record.value, "seed \(self.seed): \(location) changed")
                }
                let promised = self.promised.keys.filter { $0.partition == partition }.count
                #expect(promised == records.count, "seed \(self.seed): acknowledged or shown, and gone")
            }
        }

        /// One life: send again what was not answered, go on, crash somewhere.
        mutating func live() async throws {
            let (log, topic) = try self.open()
            try self.check(topic)
            switch self.number(0...9) {
            case 0...5: self.disk.faults.operationsUntilCrash = self.number(0...25)
            case 6: self.disk.faults.syncsUntilFailure = self.number(0...8)
            case 7: self.disk.faults.bytesUntilFull = self.number(0...3_000)
            default: break
            }
            let rounds = self.number(1...8)
            lives: for round in 0..<rounds {
                // In flight together.
                var sent: [(producer: Int, fixture: BatchFixture)] = []
                for index in self.producers.indices {
                    if round == 0 { sent += self.producers[index].unanswered.map { (index, $0) } }
                    for _ in 0..<self.number(0...2) where self.producers[index].unanswered.count < 5 {
                        sent.append((index, self.producers[index].make(&self.random)))
                    }
                }
                let answers = sent.map { _ in Answers() }
                for (number, (index, fixture)) in sent.enumerated() {
                    let batch = try checked(fixture, partition: self.producers[index].partition)
                    topic.produce([batch], then: answers[number].callback)
                }
                var isFenced = false
                for (number, (index, fixture)) in sent.enumerated() {
                    guard let outcome = await answers[number].next().first else { continue }
                    isFenced = !self.take(outcome, fixture, index) || isFenced
                }
                if isFenced { break lives }
            }
            self.end(log)
        }

        /// Notes an outcome; `false` when the topic is fenced.
        private mutating func take(_ outcome: ProduceOutcome, _ fixture: BatchFixture, _ index: Int) -> Bool {
            let base: Int64
            switch outcome {
            case .stored(let baseOffset, _):
                base = baseOffset
            case .duplicate(let baseOffset):
                base = baseOffset
                self.duplicates += 1
            case .refused(.fenced):
                return false
            case .refused(let refusal):
                Issue.record("seed \(self.seed): \(refusal) for \(fixture.values[0])")
                return false
            }
            for (number, value) in fixture.values.enumerated() {
                let location = RecordLocation(
                    partition: self.producers[index].partition,
                    offset: base + Int64(number)
                )
                let before = self.promised.updateValue(value, forKey: location)
                #expect(before == nil || before == value, "seed \(self.seed): \(location) changed")
            }
            self.producers[index].unanswered.removeAll { $0.baseSequence == fixture.baseSequence }
            return true
        }

        private mutating func end(_ log: EventLog) {
            let hasCrashed = self.disk.hasCrashed
            self.disk.faults = SimulatedDisk.Faults()
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

    @Test("whatever fails, every numbered record is stored once, in order, at the offset that was answered")
    func histories() async throws {
        let seed = SeededGenerator.seed(of: "produce crashes")
        // `make fuzz` sets more; a hundred are 2,000 crashes.
        let histories = getenv("WEIR_CRASH_HISTORIES").flatMap { Int(String(cString: $0)) } ?? 100
        var duplicates = 0
        for number in 0..<histories {
            var history = History(seed: seed &+ UInt64(number))
            for _ in 0..<20 { try await history.live() }
            let (log, topic) = try history.open()
            try history.check(topic)
            log.close()
            duplicates += history.duplicates
        }
        print("crashes \(histories * 20), repeats recognised \(duplicates)")
        #expect(duplicates > histories, "seed \(seed): repeats must occur")
    }
}
