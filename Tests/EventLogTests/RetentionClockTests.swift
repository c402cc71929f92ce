import LogFormat
import Testing

@testable import EventLog

@Suite("A wall clock that is set forward makes no record old")
struct RetentionClockTests {
    @Test(
        "up to a minute gained between two looks is drift, more is a jump",
        arguments: [(0, 0), (60_000, 0), (60_001, 60_001), (-3_600_000, 0)] as [(Int64, Int64)]
    )
    func jump(gain: Int64, withheld: Int64) {
        var clock = RetentionClock(now: 1_000_000, uptime: .seconds(5))
        clock.observe(now: 1_060_000 + gain, uptime: .seconds(65))
        #expect(clock.now(retention: 3_600_000) == 1_060_000 + gain - withheld)
    }

    @Test("after a jump age goes by the clock before it for as long as records are kept, to the millisecond")
    func withheld() {
        var clock = RetentionClock(now: 0, uptime: .zero)
        clock.observe(now: 1_000_000, uptime: .seconds(10))
        let seen = [0, 5, 10, 20].map { (seconds: Int64) -> [Int64] in
            clock.observe(now: 1_000_000 + seconds * 1_000, uptime: .seconds(10 + seconds))
            return [clock.now(retention: 9_999), clock.now(retention: 10_000)]
        }
        #expect(seen == [[10_000, 10_000], [15_000, 15_000], [1_010_000, 20_000], [1_020_000, 1_020_000]])
    }

    @Test("jumps add up, and the largest do not overflow")
    func several() {
        var clock = RetentionClock(now: 0, uptime: .zero)
        clock.observe(now: 1_000_000, uptime: .zero)
        clock.observe(now: 3_000_000, uptime: .zero)
        #expect(clock.now(retention: 1) == 0)
        clock.observe(now: .max, uptime: .zero)
        clock.observe(now: .min, uptime: .seconds(1))
        clock.observe(now: .max, uptime: .seconds(2))
        #expect(clock.now(retention: .max) <= 0)
    }

    @Test("records of a board that has just heard the right time are kept for their time")
    func board() async throws {
        let clock = ManualClock(1_000_000_000_000)
        // The log begins with the machine's.
        let start = EventLog.uptime
        let settings = TopicSettings(retentionMilliseconds: 3_600_000)
        let log = try makeLog(SimulatedDisk(seed: 1), clock: clock, segmentBytesMax: 300, settings: settings)
        defer { log.close() }
        let topic = try log.openTopic("t", partitions: 1)
        try await topic.append(values: (0..<4).map { "\($0)" + String(repeating: "x", count: 200) })
        log.applyRetention(now: clock.read(), uptime: start + .seconds(100))
        clock.advance(795_000_000_000)
        try await topic.append(values: ["right"])
        log.applyRetention(now: clock.read(), uptime: start + .seconds(160))
        #expect(topic.recordCount == 5)
        clock.advance(3_500_000)
        log.applyRetention(now: clock.read(), uptime: start + .seconds(160 + 3_500))
        #expect(topic.recordCount == 5)
        // An hour and a minute after they were appended.
        clock.advance(100_000)
        log.applyRetention(now: clock.read(), uptime: start + .seconds(160 + 3_600))
        #expect(topic.recordCount == 1)
    }
}
