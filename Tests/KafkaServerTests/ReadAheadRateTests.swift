import NIOCore
import Testing

@testable import KafkaServer

@Suite("answers to clients that read ahead, librdkafka fetch.queue.backoff.ms")
struct ReadAheadRateTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private static func time(_ milliseconds: Int64) -> NIODeadline { self.start + .milliseconds(milliseconds) }

    @Test("nobody waits before a pause")
    func free() {
        var rate = ReadAheadRate()
        for step in 0..<100 {
            let now = ReadAheadRateTests.time(Int64(step))
            rate.asked(at: now)
            #expect(rate.delay(at: now) == .zero)
            rate.answered(records: 10_000, leavesMore: true, at: now)
        }
        #expect(rate.recordsPerSecond == nil)
    }

    @Test(
        "a pause is 300 ms without a Fetch while records are left",
        arguments: [(299, true, false), (300, true, true), (5_000, false, false)]
    )
    func pause(milliseconds: Int64, leavesMore: Bool, isLimited: Bool) {
        var rate = ReadAheadRate()
        rate.answered(records: 1_000, leavesMore: true, at: ReadAheadRateTests.start)
        rate.answered(records: 150_000, leavesMore: leavesMore, at: ReadAheadRateTests.time(100))
        rate.asked(at: ReadAheadRateTests.time(100 + milliseconds))
        #expect((rate.recordsPerSecond != nil) == isLimited)
    }

    @Test("the estimate is what the application took until the pause")
    func estimate() {
        var rate = ReadAheadRate()
        rate.answered(records: 0, leavesMore: true, at: ReadAheadRateTests.start)
        rate.answered(records: 300_000, leavesMore: true, at: ReadAheadRateTests.time(200))
        rate.asked(at: ReadAheadRateTests.time(1_200))
        // (300,000 - 100,000) in 0.2 s, less the margin.
        #expect(rate.recordsPerSecond == 900_000)
    }

    @Test("answers are spaced at the rate, and the end of the log sets the client free")
    func spacing() {
        var rate = ReadAheadRate()
        rate.answered(records: 0, leavesMore: true, at: ReadAheadRateTests.start)
        rate.answered(records: 300_000, leavesMore: true, at: ReadAheadRateTests.time(200))
        rate.asked(at: ReadAheadRateTests.time(1_200))
        rate.answered(records: 9_000, leavesMore: true, at: ReadAheadRateTests.time(1_200))
        #expect(rate.delay(at: ReadAheadRateTests.time(1_200)) == .milliseconds(10))
        #expect(rate.delay(at: ReadAheadRateTests.time(1_210)) == .zero)
        rate.answered(records: 900_000_000, leavesMore: true, at: ReadAheadRateTests.time(1_210))
        #expect(rate.delay(at: ReadAheadRateTests.time(1_210)) == ReadAheadRate.delayMax)
        rate.answered(records: 1, leavesMore: false, at: ReadAheadRateTests.time(1_220))
        #expect(rate == ReadAheadRate())
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

    /// A client like librdkafka against the rate, in virtual time; its application takes `speed` records a second.
    @Test("a client that pauses at 100,000 records stands still little", arguments: [200_000.0, 1_000_000, 3_000_000])
    func client(speed: Double) {
        var rate = ReadAheadRate()
        var now = ReadAheadRateTests.start
        var queued = 0.0
        var taken = 0.0
        let step = TimeAmount.milliseconds(1)
        var pausedUntil = now
        let end = now + .seconds(20)
        while now < end {
            let used = min(queued, speed / 1_000)
            queued -= used
            taken += used
            if now >= pausedUntil {
                rate.asked(at: now)
                if rate.delay(at: now) == .zero {
                    rate.answered(records: 15_000, leavesMore: true, at: now)
                    queued += 15_000
                }
                if queued >= 100_000 { pausedUntil = now + .seconds(1) }
            }
            now = now + step
        }
        // Unlimited it gets 115,000 to 130,000 a second.
        #expect(taken / 20 > min(speed, 1_300_000) * 0.6, "\(taken / 20) of \(speed)")
    }
}
