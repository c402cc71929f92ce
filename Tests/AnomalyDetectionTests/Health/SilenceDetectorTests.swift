import TelemetryModel
import Testing

@testable import AnomalyDetection

@Suite("silence: a timer finds it, and only a live reading ends it")
struct SilenceDetectorTests {
    /// One character every ten seconds: `r` a reading of now, `l` a reading that is newer than all before and ten minutes late
    /// (it was stored), `-` nothing. The clock advances before each. Output: `!` silent, `.` not.
    private func run(_ input: String) -> String {
        var detector = SilenceDetector()
        var now = Timestamp(seconds: 1_700_000_000)
        var output = ""
        for character in input {
            now = now + .seconds(10)
            var isSilent = detector.advance(to: now) != nil
            switch character {
            case "r": if detector.observe(now, arrival: now, isNewClock: false) { isSilent = false }
            case "l":
                let time = Timestamp(milliseconds: now.milliseconds - 600_000)
                if detector.observe(time, arrival: now, isNewClock: false) { isSilent = false }
            default: break
            }
            output.append(isSilent ? "!" : ".")
        }
        return output
    }

    // A gap of 10 s is in the bin up to 11.6 s; twice that, or three intervals, is 30 s.
    @Test(
        "in strings of one character every ten seconds",
        arguments: [
            ("rrrrrrrrr---", "............"), ("rrrrrrrrr----", "............!"),
            ("rrrrrrrr-----", "............."),
            ("rrrrrrrrr----r", "............!."), ("rrrrrrrrr----l", "............!!"),
            ("rrrrrrrrrl---", "............!"), ("rrrrrrrrr----r---", "............!...."),
        ]
    )
    func strings(input: String, expected: String) {
        #expect(self.run(input) == expected)
    }

    @Test("the deadline is when it is found, to the millisecond")
    func deadline() throws {
        var detector = SilenceDetector()
        #expect(detector.deadline == nil)
        for second in 0..<20 {
            let now = Timestamp(seconds: Int64(second) * 10)
            let isAlive = detector.observe(now, arrival: now, isNewClock: false)
            #expect(isAlive)
        }
        let deadline = try #require(detector.deadline)
        #expect(deadline == Timestamp(milliseconds: 190_000 + 30_001))
        var early = detector
        #expect(early.advance(to: Timestamp(milliseconds: deadline.milliseconds - 1)) == nil)
        let finding = try required(detector.advance(to: deadline))
        #expect(finding.isAbnormal && finding.score >= 0.5 && finding.since == Timestamp(seconds: 190))
        #expect(finding.pValue.map { $0 > 0 && $0 <= 0.05 + 1e-9 } == true)
        #expect(detector.deadline == nil)
    }

    @Test("a device that pauses now and then is given that long")
    func pauses() throws {
        var detector = SilenceDetector()
        var now = Timestamp(seconds: 0)
        for count in 0..<3_000 {
            now = now + .seconds(count % 300 == 299 ? 600 : 30)
            _ = detector.observe(now, arrival: now, isNewClock: false)
        }
        let limit = try #require(detector.limit)
        #expect(limit > 1_200_000 && limit < 2_000_000)
    }

    @Test("a device whose clock is wrong by an hour is alive all the same")
    func wrongClock() {
        var detector = SilenceDetector()
        for second in 0..<100 {
            let now = Timestamp(seconds: 100_000 + Int64(second) * 10)
            let time = Timestamp(milliseconds: now.milliseconds - 3_600_000)
            let isAlive = detector.observe(time, arrival: now, isNewClock: false)
            #expect(isAlive)
        }
    }

    @Test(
        "a histogram's edge lies above the gap and within half an octave of it",
        arguments: [1, 2, 3, 10, 999, 1_000, 60_000, 3_600_000, 86_400_000, 3_000_000_000] as [Double]
    )
    func edges(gap: Double) {
        var gaps = GapHistogram()
        for _ in 0..<10 { gaps.observe(gap) }
        #expect(gaps.size(exceededBy: 0.001) >= gap)
        #expect(gaps.size(exceededBy: 0.001) <= gap * 1.415)
        #expect(gaps.usual == gap)
        #expect(gaps.share(atLeast: gap) == 1)
        #expect(gaps.share(atLeast: gap * 3) == 1.0 / 11)
    }

    @Test("counts are halved, not overflown, and what is beyond six weeks is in the last bin")
    func bounds() {
        var gaps = GapHistogram()
        for _ in 0..<100_000 { gaps.observe(1e15) }
        #expect(gaps.total < 16_384)
        #expect(gaps.size(exceededBy: 0.5) > 4e9)
    }
}
