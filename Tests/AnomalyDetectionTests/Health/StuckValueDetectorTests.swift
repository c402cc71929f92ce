import TelemetryModel
import Testing

@testable import AnomalyDetection

@Suite("stuck value: longer than the longest normal run")
struct StuckValueDetectorTests {
    /// A detector that has seen runs of `run` equal readings, then the first reading of a new run.
    private func learned(run: Int, _ source: inout ReadingSource, peers: Double? = nil) -> StuckValueDetector {
        var detector = StuckValueDetector()
        for place in 0..<(25 * run + 1) {
            _ = detector.observe(source.next(Double(place / run)), peers: peers)
        }
        return detector
    }

    /// How many equal readings it takes; `nil` when 1,000 do not.
    private func found(
        after detector: StuckValueDetector,
        _ source: ReadingSource,
        peers: (Int) -> Double? = { _ in nil }
    ) -> Int? {
        var (detector, source) = (detector, source)
        let value = source.last ?? 0
        for count in 2...1_000 where detector.observe(source.next(value), peers: peers(count))?.isAbnormal == true {
            return count
        }
        return nil
    }

    @Test(
        "more than three times the longest run, more than thirty readings, more than ten minutes",
        arguments: [(1, 60, 31), (10, 60, 31), (11, 60, 34), (20, 60, 61), (1, 10, 62), (1, 20, 32), (1, 600, 31)]
    )
    func limits(run: Int, seconds: Int, expected: Int) {
        var source = ReadingSource(interval: .seconds(seconds))
        let detector = self.learned(run: run, &source)
        #expect(self.found(after: detector, source) == expected)
    }

    @Test("a channel that never moved is not stuck")
    func constant() {
        let detector = StuckValueDetector()
        #expect(self.found(after: detector, ReadingSource()) == nil)
    }

    @Test("peers that stay prove nothing, and peers that move by eight steps do")
    func peers() {
        var source = ReadingSource()
        let detector = self.learned(run: 1, &source, peers: 20)
        #expect(self.found(after: detector, source) { _ in 20 } == nil)
        #expect(self.found(after: detector, source) { _ in 20.079 } == nil)
        #expect(self.found(after: detector, source) { $0 < 50 ? 20 : 20.081 } == 50)
    }

    @Test("it ends with the first other reading, and its run is not learned from")
    func end() {
        var source = ReadingSource()
        var detector = self.learned(run: 1, &source)
        let value = source.last ?? 0
        for _ in 0..<100 { _ = detector.observe(source.next(value), peers: nil) }
        let finding = detector.observe(source.next(value + 1), peers: nil)
        #expect(finding?.isAbnormal == false)
        #expect(finding?.expected.high == 30)
    }

    @Test("the longer the run, the smaller its chance")
    func chance() throws {
        var source = ReadingSource()
        var detector = self.learned(run: 2, &source)
        let value = source.last ?? 0
        let first = try required(detector.observe(source.next(value), peers: nil))
        let short = try #require(first.pValue)
        for _ in 0..<20 { _ = detector.observe(source.next(value), peers: nil) }
        let last = try required(detector.observe(source.next(value), peers: nil))
        let long = try #require(last.pValue)
        #expect(short > 0.3 && short < 0.7 && long < 1e-4)
    }
}
