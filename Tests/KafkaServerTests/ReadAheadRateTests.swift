import NIOCore
import Testing

@testable import KafkaServer

@Suite("answers to clients that read ahead, librdkafka fetch.queue.backoff.ms")
struct ReadAheadRateTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private static func time(_ milliseconds: Int64) -> NIODeadline { self.start + .milliseconds(milliseconds) }

    private static let never = NIODeadline.distantFuture

    /// A rate after a first window of so many records, in an answer 200 ms after the first Fetch, and a pause.
    private static func limited(records: Int = 300_000, bytes: Int = 0, pause: Int64 = 1_000) -> ReadAheadRate {
        var rate = ReadAheadRate()
        rate.asked(at: self.start)
        rate.answered(records: records, bytes: bytes, leavesMore: true, at: self.time(200))
        rate.asked(at: self.time(200 + pause))
        return rate
    }

    @Test("nobody waits before a pause")
    func free() {
        var rate = ReadAheadRate()
        for step in 0..<100 {
            let now = ReadAheadRateTests.time(Int64(step))
            rate.asked(at: now)
            #expect(rate.delay(at: now, deadline: ReadAheadRateTests.never) == .zero)
            rate.answered(records: 10_000, bytes: 1_000_000, leavesMore: true, at: now)
        }
        #expect(rate.recordsPerSecond == nil)
    }

    @Test(
        "a pause is 300 to 2,500 ms without a Fetch while records are left; a longer one is the application's",
        arguments: [
            (299, true, false), (300, true, true), (2_500, true, true), (2_501, true, false), (1_000, false, false),
        ]
    )
    func pause(milliseconds: Int64, leavesMore: Bool, isLimited: Bool) {
        var rate = ReadAheadRate()
        rate.answered(records: 1_000, bytes: 0, leavesMore: true, at: ReadAheadRateTests.start)
        rate.answered(records: 150_000, bytes: 0, leavesMore: leavesMore, at: ReadAheadRateTests.time(100))
        rate.asked(at: ReadAheadRateTests.time(100 + milliseconds))
        #expect((rate.recordsPerSecond != nil) == isLimited)
    }

    @Test("an application that stood still is answered freely again")
    func stoodStill() {
        var rate = ReadAheadRateTests.limited()
        #expect(rate.recordsPerSecond != nil)
        rate.answered(records: 9_000, bytes: 0, leavesMore: true, at: ReadAheadRateTests.time(1_200))
        rate.asked(at: ReadAheadRateTests.time(61_200))
        #expect(rate.recordsPerSecond == nil)
    }

    @Test(
        "the estimate is what came since the first Fetch less what waits in the client, by number or by bytes, and the margin",
        arguments: [
            // (300,000 - 100,000) in 0.2 s
            (300_000, 0, 900_000.0), (300_000, 300_000 * 671, 900_000),
            // 64 MiB of 1,024 bytes are 65,536
            (300_000, 300_000 << 10, 1_055_088),
            // 64 MiB of 64 KiB are 1,024; without this bound only the least of 1,024 in 1.2 s would be known
            (2_048, 2_048 << 16, 4_608),
        ]
    )
    func estimate(records: Int, bytes: Int, expected: Double) throws {
        let rate = ReadAheadRateTests.limited(records: records, bytes: bytes)
        #expect(abs(try #require(rate.recordsPerSecond) - expected) < 1)
    }

    @Test("the best of the last stretches counts, not those in which the client was kept short")
    func stretches() throws {
        var rate = ReadAheadRate()
        rate.asked(at: ReadAheadRateTests.start)
        for step in 1...20 as ClosedRange<Int64> {
            let records = step <= 10 ? 10_000 : 100_000
            rate.answered(records: records, bytes: 0, leavesMore: true, at: ReadAheadRateTests.time(step * 200))
        }
        rate.asked(at: ReadAheadRateTests.time(5_000))
        // The 900,000 of the last nine answers, less 100,000, in the 1.6 s between the first and the last of them.
        #expect(try #require(rate.recordsPerSecond) > 400_000)
    }

    @Test("the time for which a Fetch waited for records is none of the window")
    func waited() throws {
        var rate = ReadAheadRate()
        rate.asked(at: ReadAheadRateTests.start)
        rate.waited(until: ReadAheadRateTests.time(60_000))
        rate.answered(records: 300_000, bytes: 0, leavesMore: true, at: ReadAheadRateTests.time(60_200))
        rate.asked(at: ReadAheadRateTests.time(61_200))
        #expect(rate.recordsPerSecond == 900_000)
    }

    @Test("answers are spaced at the rate, and the end of the log sets the client free")
    func spacing() {
        let never = ReadAheadRateTests.never
        var rate = ReadAheadRateTests.limited()
        rate.answered(records: 9_000, bytes: 0, leavesMore: true, at: ReadAheadRateTests.time(1_200))
        #expect(rate.delay(at: ReadAheadRateTests.time(1_200), deadline: never) == .milliseconds(10))
        #expect(rate.delay(at: ReadAheadRateTests.time(1_210), deadline: never) == .zero)
        rate.answered(records: 900_000_000, bytes: 0, leavesMore: true, at: ReadAheadRateTests.time(1_210))
        #expect(rate.delay(at: ReadAheadRateTests.time(1_210), deadline: never) == ReadAheadRate.delayMax)
        rate.answered(records: 1, bytes: 0, leavesMore: false, at: ReadAheadRateTests.time(1_220))
        #expect(rate == ReadAheadRate())
    }

    @Test(
        "no answer is held back beyond its deadline",
        arguments: [(0, 0), (5, 5), (10, 10), (11, 10), (-5, 0)] as [(Int64, Int64)]
    )
    func deadline(milliseconds: Int64, delay: Int64) {
        var rate = ReadAheadRateTests.limited()
        rate.answered(records: 9_000, bytes: 0, leavesMore: true, at: ReadAheadRateTests.time(1_200))
        let deadline = ReadAheadRateTests.time(1_200 + milliseconds)
        #expect(rate.delay(at: ReadAheadRateTests.time(1_200), deadline: deadline) == .milliseconds(delay))
    }

    @Test("after a sure estimate the rate grows by 0.1 % in 100 ms, and twice as fast every two seconds, anew at 95 %")
    func growth() throws {
        var rate = ReadAheadRateTests.limited()
        var last = try #require(rate.recordsPerSecond)
        var growths: [Int] = []
        for step in 1...100 as ClosedRange<Int64> {
            rate.answered(records: 1, bytes: 0, leavesMore: true, at: ReadAheadRateTests.time(1_200 + step * 100))
            let next = try #require(rate.recordsPerSecond)
            growths.append(Int(((next / last - 1) * 1_000).rounded()))
            last = next
        }
        // 900,000 of an estimated 1,000,000: 950,000 are reached after 3.7 s.
        #expect(growths.reduce(into: []) { if $0.last != $1 { $0.append($1) } } == [1, 2, 1, 2, 4, 8])
        #expect(growths.prefix { $0 < 4 }.count > 60)
    }

    @Test(
        "only clients built on librdkafka are held back",
        arguments: [
            ("librdkafka", true), ("confluent-kafka-python", true), ("rust-rdkafka", true),
            ("apache-kafka-java", false),
            ("kafka-python", false), ("", false),
        ]
    )
    func software(name: String, isNeeded: Bool) {
        #expect(ReadAheadRate.isNeeded(by: name) == isNeeded)
    }

    /// A client like librdkafka against the rate, in virtual time; its application takes `speeds` records a second, each for
    /// the same time. Returns which part of them it got in the last quarter of each.
    private static func parts(of speeds: [Double], recordBytes: Int = 100) -> [Double] {
        let queuedMax = min(100_000, Double(64 << 20) / Double(recordBytes))
        var rate = ReadAheadRate()
        var queued = 0.0
        var pausedUntil = 0
        var parts: [Double] = []
        for (index, speed) in speeds.enumerated() {
            var taken = 0.0
            for step in index * 40_000..<(index + 1) * 40_000 {
                let used = min(queued, speed / 1_000)
                queued -= used
                if step % 40_000 >= 20_000 { taken += used }
                guard step >= pausedUntil else { continue }
                let now = self.time(Int64(step))
                rate.asked(at: now)
                if rate.delay(at: now, deadline: self.never) == .zero {
                    let count = min(15_000, (2 << 20) / recordBytes)
                    rate.answered(records: count, bytes: count * recordBytes, leavesMore: true, at: now)
                    queued += Double(count)
                }
                if queued >= queuedMax { pausedUntil = step + 1_000 }
            }
            parts.append(taken / 20 / speed)
        }
        return parts
    }

    @Test(
        "a client that pauses at 100,000 records or 64 MiB stands still little",
        arguments: [
            (50_000, 100, 0.99), (200_000, 100, 0.9), (600_000, 100, 0.85), (1_000_000, 100, 0.85),
            (3_000_000, 100, 0.8), (100_000, 4_000, 0.85), (10_000, 60_000, 0.8),
        ]
    )
    func client(speed: Double, recordBytes: Int, part: Double) {
        // Unlimited it gets 115,000 to 130,000 records of 100 bytes a second.
        let got = ReadAheadRateTests.parts(of: [speed], recordBytes: recordBytes)
        #expect(got[0] > part, "\(got[0]) of \(speed)")
    }

    @Test("an application that becomes faster or slower is followed")
    func change() {
        let parts = ReadAheadRateTests.parts(of: [300_000, 900_000, 300_000])
        #expect(parts.allSatisfy { $0 > 0.8 }, "\(parts)")
    }
}
