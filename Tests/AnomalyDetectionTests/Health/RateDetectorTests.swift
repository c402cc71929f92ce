import TelemetryModel
import TestSupport
import Testing

@testable import AnomalyDetection

@Suite("rate of change: per step and over five minutes")
struct RateDetectorTests {
    private static let free = ChannelModel(name: "x", kind: .other)

    /// A detector that has seen 500 readings of 20 ± 0.1.
    private func learned(_ source: inout ReadingSource) -> RateDetector {
        var random = SeededGenerator(seed: 7)
        var detector = RateDetector()
        for _ in 0..<500 {
            let value = 20 + Double.random(in: -0.1...0.1, using: &random)
            _ = detector.observe(source.next(value), model: RateDetectorTests.free)
        }
        return detector
    }

    @Test(
        "a limit of the model counts per minute, on both sides of it",
        arguments: [(0, false), (0.01, true), (-12, false), (-12.01, true)]
    )
    func given(excess: Double, isAbnormal: Bool) throws {
        let model = ChannelModel(name: "x", kind: .other, rateMax: 6)
        var source = ReadingSource()
        var detector = RateDetector()
        _ = detector.observe(source.next(20), model: model)
        let finding = try required(detector.observe(source.next(26 + excess), model: model))
        #expect(finding.isAbnormal == isAbnormal)
        #expect(abs(finding.expected.high - 6) < 1e-9)
        #expect(finding.measure == .step)
    }

    @Test("a learned limit holds on both of its sides", arguments: [(0.999, false), (1.001, true)])
    func learnedLimit(factor: Double, isAbnormal: Bool) throws {
        // Too slow for changes over five minutes.
        var source = ReadingSource(interval: .seconds(200))
        var detector = self.learned(&source)
        let last = try #require(source.last)
        var probe = detector
        var probeSource = source
        let limit = try required(probe.observe(probeSource.next(last), model: RateDetectorTests.free)).expected.high
        #expect(limit > 0.2 && limit < 6)
        let finding = try required(
            detector.observe(source.next(last + limit * factor), model: RateDetectorTests.free)
        )
        #expect(finding.isAbnormal == isAbnormal)
        #expect(finding.pValue ?? 1 < 0.01)
    }

    @Test("a change that is not worth an alert is none, however quiet the channel was")
    func significance() throws {
        var source = ReadingSource()
        source.significance = 50
        var detector = self.learned(&source)
        #expect(detector.observe(source.next(60), model: RateDetectorTests.free)?.isAbnormal == false)
        #expect(detector.observe(source.next(115), model: RateDetectorTests.free)?.isAbnormal == true)
    }

    @Test("a spike is abnormal and the reading after it, back where it was, is not; a jump is one abnormal reading")
    func spikeAndJump() {
        var source = ReadingSource()
        var detector = self.learned(&source)
        let spike = [40, 20, 20].map { detector.observe(source.next($0), model: RateDetectorTests.free) }
        #expect(judgements(spike) == "!..")
        var jumpSource = ReadingSource(interval: .seconds(200))
        var other = self.learned(&jumpSource)
        let jump = [40, 40, 40].map { other.observe(jumpSource.next($0), model: RateDetectorTests.free) }
        #expect(judgements(jump) == "!..")
    }

    @Test("a climb in steps that are each normal is found over five minutes")
    func climb() throws {
        var source = ReadingSource(significance: 1)
        var detector = self.learned(&source)
        var findings: [HealthFinding] = []
        for step in 1...8 {
            let reading = source.next(20 + Double(step) * 0.6)
            findings.append(try required(detector.observe(reading, model: RateDetectorTests.free)))
        }
        let first = try #require(findings.first { $0.isAbnormal })
        #expect(first.measure == .fiveMinuteChange)
    }

    @Test("after more than an hour anything may be true", arguments: [(3_600, true), (3_601, false)])
    func gaps(seconds: Int, isJudged: Bool) {
        var source = ReadingSource()
        var detector = self.learned(&source)
        let finding = detector.observe(source.next(200, after: .seconds(seconds)), model: RateDetectorTests.free)
        #expect((finding != nil) == isJudged)
        #expect(finding?.isAbnormal ?? true)
    }

    @Test("nothing is said before forty changes are known", arguments: [(40, false), (41, true)])
    func learning(count: Int, isJudged: Bool) {
        var source = ReadingSource()
        var detector = RateDetector()
        for place in 0..<count {
            _ = detector.observe(source.next(Double(place % 2)), model: RateDetectorTests.free)
        }
        #expect((detector.observe(source.next(500), model: RateDetectorTests.free) != nil) == isJudged)
    }

    @Test("while an alert is open, nothing is learned")
    func guarded() throws {
        var source = ReadingSource(interval: .seconds(200))
        var detector = self.learned(&source)
        let before = source.next(20, mayLearn: false)
        let limit = try required(detector.observe(before, model: RateDetectorTests.free)).expected.high
        for place in 0..<200 {
            let value = 20 + (place % 2 == 0 ? 0 : limit * 0.9)
            _ = detector.observe(source.next(value, mayLearn: false), model: RateDetectorTests.free)
        }
        #expect(detector.observe(source.next(20), model: RateDetectorTests.free)?.expected.high == limit)
    }
}
