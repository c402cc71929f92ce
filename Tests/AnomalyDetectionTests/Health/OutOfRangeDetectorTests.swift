import TelemetryModel
import Testing

@testable import AnomalyDetection

@Suite("out of range: n of m, and hysteresis")
struct OutOfRangeDetectorTests {
    private static let model = ChannelModel(
        name: "x",
        kind: .other,
        limits: ExpectedLimits(low: 0, high: 100),
        hysteresis: 2
    )

    /// `i` inside, `e` on the limit, `o` just above it, `u` just below the lower one, `h` inside by less than the hysteresis,
    /// `b` inside by just it.
    private static let values: [Character: Double] = ["i": 50, "e": 100, "o": 100.01, "u": -0.01, "h": 98.01, "b": 98]

    @Test(
        "two of four outside open it, four in a row inside by the hysteresis end it",
        arguments: [
            ("ieieie", "......"), ("ioi", "..."), ("ioo", "..!"), ("oio", "..!"), ("oiio", "...!"), ("oiiio", "....."),
            ("ou", ".!"), ("ooiii", ".!!!!"), ("ooiiii", ".!!!!."), ("oohhhhhh", ".!!!!!!!"), ("oobbbb", ".!!!!."),
            ("ooiiihiiii", ".!!!!!!!!."), ("ooiiiioo", ".!!!!..!"),
        ]
    )
    func strings(input: String, expected: String) {
        var detector = OutOfRangeDetector()
        var time = Timestamp(seconds: 0)
        let findings = input.map { character in
            time = time + .seconds(1)
            let value = OutOfRangeDetectorTests.values[character] ?? 0
            return detector.observe(value, at: time, model: OutOfRangeDetectorTests.model)
        }
        #expect(judgements(findings) == expected)
    }

    @Test("the score is at least one half exactly when it is abnormal, and grows with the distance")
    func scores() throws {
        var detector = OutOfRangeDetector()
        let time = Timestamp(seconds: 0)
        let first = try required(detector.observe(500, at: time, model: OutOfRangeDetectorTests.model))
        #expect(!first.isAbnormal && first.score < 0.5)
        let near = try required(detector.observe(101, at: time, model: OutOfRangeDetectorTests.model))
        let far = try required(detector.observe(500, at: time, model: OutOfRangeDetectorTests.model))
        #expect(near.isAbnormal && near.score >= 0.5 && far.score > near.score && far.score < 1)
    }

    @Test("one limit alone is enough, and a channel without limits is not judged")
    func openEnds() {
        var detector = OutOfRangeDetector()
        let low = ChannelModel(name: "x", kind: .other, limits: ExpectedLimits(low: 0))
        let time = Timestamp(seconds: 0)
        let findings = [1e9, -1, -1].map { detector.observe($0, at: time, model: low) }
        #expect(judgements(findings) == "..!")
        var free = OutOfRangeDetector()
        #expect(free.observe(1e9, at: time, model: ChannelModel(name: "x", kind: .other)) == nil)
    }
}
