import AnomalyDetection
import TelemetryModel
import TestSupport
import Testing

@Suite("a detector in a checkpoint")
struct SpikeDetectorStateTests {
    private func bytes(_ detector: SpikeDetector) -> [UInt8] {
        var state = StateWriter()
        detector.write(to: &state)
        return state.bytes
    }

    private func lively(_ count: Int, _ random: inout SeededGenerator) -> [Double] {
        (0..<count).map { index in
            20 + Double.random(in: -1...1, using: &random) + (index / 40 % 5 == 4 ? Double(index % 90) : 0)
        }
    }

    @Test(
        "restored after any value, the detector goes on as if nothing had happened",
        arguments: [1, 2, 3, 4, 5, 7] as [UInt64]
    )
    func restored(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let values = self.lively(1_200, &random)  // with these seeds alerts open and worsen
        var whole = Series()
        whole.feed(values)
        var parts = Series()
        for value in values {
            parts.feed([value])
            let bytes = self.bytes(parts.detector)
            var reader = StateReader(bytes)
            parts.detector = try SpikeDetector(reading: &reader)
            #expect(reader.isAtEnd)
            #expect(self.bytes(parts.detector) == bytes)
        }
        for (one, other) in zip(parts.verdicts, whole.verdicts) { #expect(one == other) }
        #expect(whole.verdicts.contains { $0.action == .open } && whole.verdicts.contains { $0.action == .worsen })
    }

    @Test("the state of a series is at most 1.3 KiB")
    func size() {
        var random = SeededGenerator(seed: 1)
        var series = Series()
        series.feed(self.lively(1_000, &random))
        #expect(self.bytes(series.detector).count <= 1_330)
    }

    @Test("a damaged state is a fault or another state, never a trap")
    func damaged() {
        var random = SeededGenerator.announced("damaged")
        var series = Series()
        series.feed(Series.quiet(100) + [50])
        let bytes = self.bytes(series.detector)
        for length in 0..<bytes.count {
            var reader = StateReader(Array(bytes[..<length]))
            #expect(throws: StateReader.Fault.self) { try SpikeDetector(reading: &reader) }
        }
        for _ in 0..<5_000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var reader = StateReader(damaged)
            guard let detector = try? SpikeDetector(reading: &reader) else { continue }
            var other = Series()
            other.detector = detector
            other.feed([20, 1e300, -1e300] + Series.quiet(20))
        }
    }
}
