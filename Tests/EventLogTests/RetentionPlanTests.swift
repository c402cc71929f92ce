import LogFormat
import Testing

@testable import EventLog

@Suite("Which segments have had their time")
struct RetentionPlanTests {
    /// Segments 5, 6, 7 of 100 bytes, last appended to at 1,000, 2,000, 3,000 ms; segment 8 of 10 bytes grows.
    private static let sealed = [
        RetentionPlan.Entry(number: 5, bytes: 100, lastStamp: 1_000),
        RetentionPlan.Entry(number: 6, bytes: 100, lastStamp: 2_000),
        RetentionPlan.Entry(number: 7, bytes: 100, lastStamp: 3_000),
    ]

    private func firstKept(_ settings: TopicSettings, now: Int64 = 10_000) -> UInt64? {
        RetentionPlan(settings).firstKept(sealed: RetentionPlanTests.sealed, activeBytes: 10, now: now)
    }

    @Test("without retention all stay, however old and large")
    func forEver() {
        #expect(self.firstKept(TopicSettings(retentionMilliseconds: nil), now: .max) == nil)
    }

    @Test(
        "a segment goes when its last append is older than the age",
        arguments: [(6_000, nil), (6_001, 6), (7_000, 6), (7_001, 7), (8_001, 8), (1_000_000, 8), (0, nil), (-5, nil)]
            as [(Int64, UInt64?)]
    )
    func age(now: Int64, expected: UInt64?) {
        #expect(self.firstKept(TopicSettings(retentionMilliseconds: 5_000), now: now) == expected)
    }

    @Test(
        "a segment goes when those behind it hold the bytes that are kept",
        arguments: [(211, nil), (210, 6), (111, 6), (110, 7), (11, 7), (10, 8), (1, 8)] as [(Int64, UInt64?)]
    )
    func bytes(limit: Int64, expected: UInt64?) {
        let settings = TopicSettings(retentionMilliseconds: nil, retentionBytes: limit)
        #expect(self.firstKept(settings) == expected)
    }

    @Test("either reason is enough, and none skips a segment")
    func both() {
        let settings = TopicSettings(retentionMilliseconds: 5_000, retentionBytes: 110)
        #expect(self.firstKept(settings, now: 0) == 7)
        #expect(self.firstKept(settings, now: 8_001) == 8)
        // The middle one looks old, as after a clock that was wrong: it waits for its turn.
        var sealed = RetentionPlanTests.sealed
        sealed[0].lastStamp = 9_000
        let plan = RetentionPlan(TopicSettings(retentionMilliseconds: 5_000))
        #expect(plan.firstKept(sealed: sealed, activeBytes: 0, now: 9_500) == nil)
    }

    @Test("nothing is sealed, nothing goes")
    func onlyActive() {
        let plan = RetentionPlan(TopicSettings(retentionMilliseconds: 1, retentionBytes: 1))
        #expect(plan.firstKept(sealed: [], activeBytes: 1_000, now: .max) == nil)
    }
}
