import TelemetryModel
import TestSupport
import Testing

@testable import AnomalyDetection

@Suite("noise burst: back and forth, and no ramp, jump or lone spike")
struct NoiseBurstDetectorTests {
    private func learned(_ source: inout ReadingSource) -> NoiseBurstDetector {
        var random = SeededGenerator(seed: 3)
        var detector = NoiseBurstDetector()
        for _ in 0..<500 {
            _ = detector.observe(source.next(20 + Double.random(in: -0.1...0.1, using: &random)))
        }
        return detector
    }

    @Test(
        "what opens it",
        arguments: [
            ("ten times the usual", [1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1], true),
            ("a ramp", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], false),
            ("a jump", [0, 0, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50], false),
            ("a spike", [0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], false),
            ("the usual", [0.1, 0, 0.1, 0, 0.1, 0, 0.1, 0, 0.1, 0, 0.1, 0, 0.1, 0, 0.1, 0], false),
        ] as [(String, [Double], Bool)]
    )
    func kinds(_ name: String, offsets: [Double], isAbnormal: Bool) {
        var source = ReadingSource()
        var detector = self.learned(&source)
        let findings = offsets.map { detector.observe(source.next(20 + $0)) }
        #expect(findings.contains { $0?.isAbnormal == true } == isAbnormal, "\(name)")
    }

    @Test("it ends when the mean has fallen to half of the limit, and not before")
    func hysteresis() throws {
        var source = ReadingSource()
        var detector = self.learned(&source)
        for place in 0..<30 { _ = detector.observe(source.next(20 + (place % 2 == 0 ? 2 : -2))) }
        var last = try required(detector.observe(source.next(20)))
        #expect(last.isAbnormal)
        while last.isAbnormal {
            #expect(last.seen > last.expected.high / 2)
            last = try required(detector.observe(source.next(20)))
        }
        #expect(last.seen <= last.expected.high / 2)
    }

    @Test("nothing is said before it has seen 64 readings", arguments: [(64, false), (65, true)])
    func learning(count: Int, isJudged: Bool) {
        var source = ReadingSource()
        var detector = NoiseBurstDetector()
        for place in 0..<count { _ = detector.observe(source.next(Double(place % 2))) }
        #expect((detector.observe(source.next(5)) != nil) == isJudged)
    }
}
