import AnomalyDetection
import Foundation
import TelemetryModel
import TestSupport
import Testing

@Suite("Azure's SpikeAndDip: adaptive kernel density over a sliding history")
struct SpikeAndDipTests {
    /// The formula as it is written, O(n) for each value.
    private struct Literal {
        var history: Int
        var values: [Double] = []

        mutating func significance(of value: Double) -> Double {
            defer {
                self.values.append(value)
                if self.values.count > self.history { self.values.removeFirst() }
            }
            guard !self.values.isEmpty else { return 0.5 }
            let count = Double(self.values.count)
            var squares = 0.0
            for i in self.values.indices {
                for j in 0..<i { squares += (self.values[i] - self.values[j]) * (self.values[i] - self.values[j]) }
            }
            let bandwidth = max(1e-6, 2.0.squareRoot() * squares.squareRoot() / count)
            // ½ − Σ erf / 2n, written so that it does not cancel.
            return self.values.reduce(0) { $0 + erfc((value - $1) / bandwidth) } / (2 * count)
        }
    }

    private static let shapes: [String] = [
        "noise", "steps", "spikes", "constant", "walk", "large offset", "two levels",
    ]

    private func series(_ shape: String, _ random: inout SeededGenerator) -> [Double] {
        var level = 0.0
        return (0..<400).map { index in
            let noise = Double.random(in: -1...1, using: &random) + Double.random(in: -1...1, using: &random)
            level += noise
            switch shape {
            case "steps": return noise + (index / 100 % 2 == 0 ? 0 : 50)
            case "spikes": return noise + (Int.random(in: 0..<40, using: &random) == 0 ? 500 * noise : 0)
            case "constant": return index == 300 ? 8 : 7
            case "walk": return level
            case "large offset": return 1e9 + noise
            case "two levels": return index % 2 == 0 ? 0 : 1
            default: return noise
            }
        }
    }

    @Test(
        "the p-value is the literal formula's within a hundredth of itself, or 10⁻⁹, for every shape and history",
        arguments: SpikeAndDipTests.shapes,
        [2, 10, 60]
    )
    func agreement(shape: String, history: Int) throws {
        var random = SeededGenerator.announced("agreement")
        var detector = try SpikeAndDip(confidence: 95, history: history, mode: .spikes)
        var literal = Literal(history: history)
        for (index, value) in self.series(shape, &random).enumerated() {
            let expected = min(max(literal.significance(of: value), 1e-8), 1 - 1e-8)
            let observed = detector.observe(value)
            let result = try #require(observed)
            let tolerance = 0.01 * min(expected, 1 - expected) + 1e-9
            #expect(
                abs(result.score - expected) <= tolerance,
                "value \(index) of \(shape): \(result.score), \(expected)"
            )
            guard abs(expected - 0.05) > tolerance, index != history - 1 else { continue }
            #expect(result.isAnomaly == (expected <= 0.05 && index >= history - 1))
        }
    }

    @Test(
        "each mode tells its own side only",
        arguments: [
            (SpikeAndDip.Mode.spikes, 50.0, true), (.spikes, -50, false), (.dips, 50, false), (.dips, -50, true),
            (.spikesAndDips, 50, true), (.spikesAndDips, -50, true), (.spikesAndDips, 0, false),
        ]
    )
    func modes(mode: SpikeAndDip.Mode, value: Double, expected: Bool) throws {
        var random = SeededGenerator(seed: 3)
        var detector = try SpikeAndDip(confidence: 99, history: 100, mode: mode)
        for _ in 0..<150 { _ = detector.observe(Double.random(in: -1...1, using: &random)) }
        let result = detector.observe(value)
        #expect(result?.isAnomaly == expected)
    }

    @Test("nothing is an anomaly before the history is full, the event itself included")
    func warmUp() throws {
        for history in [3, 20] {
            for index in 1..<history + 2 {
                var detector = try SpikeAndDip(confidence: 60, history: history, mode: .spikes)
                var result: AnomalyFunctionResult?
                for step in 0..<index { result = detector.observe(step == index - 1 ? 1_000 : 0) }
                #expect(result?.isAnomaly == (index >= history && index > 1))
            }
        }
    }

    @Test(
        "confidence, history and mode are held to their ranges, both sides of each limit",
        arguments: [
            (1.0, 2, nil), (100.0, 65_536, nil), (0.999, 10, AnomalyFunctionError.confidence(0.999)),
            (100.001, 10, .confidence(100.001)), (95, 1, .history(1)), (95, 65_537, .history(65_537)),
            (-Double.infinity, 10, .confidence(-Double.infinity)),
        ] as [(Double, Int, AnomalyFunctionError?)]
    )
    func limits(confidence: Double, history: Int, expected: AnomalyFunctionError?) {
        #expect(
            self.fault { () throws(AnomalyFunctionError) in
                _ = try SpikeAndDip(confidence: confidence, history: history, mode: .dips)
            } == expected
        )
        #expect(
            self.fault { () throws(AnomalyFunctionError) in
                _ = try ChangePoint(confidence: confidence, history: history)
            } == expected
        )
    }

    private func fault(_ body: () throws(AnomalyFunctionError) -> Void) -> AnomalyFunctionError? {
        do throws(AnomalyFunctionError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test("a mode is read whatever its case, and the error of another names it and the three")
    func names() throws {
        #expect(try SpikeAndDip.Mode(name: "SpikesAndDips") == .spikesAndDips)
        #expect(try SpikeAndDip.Mode(name: "dips") == .dips)
        #expect(throws: AnomalyFunctionError.mode("spike")) { try SpikeAndDip.Mode(name: "spike") }
        #expect("\(AnomalyFunctionError.mode("spike"))".contains("'spike', expected 'spikes', 'dips' or"))
        #expect("\(AnomalyFunctionError.history(1))".contains("1, expected 2 to 65536"))
        #expect("\(AnomalyFunctionError.confidence(0))".contains("0.0, expected 1 to 100"))
    }

    @Test("NaN and infinities are passed over, the largest numbers are judged")
    func extremes() throws {
        var detector = try SpikeAndDip(confidence: 90, history: 8, mode: .spikesAndDips)
        var clean = detector
        for index in 0..<20 {
            let value = Double(index % 3)
            let (one, other) = (detector.observe(value), clean.observe(value))
            #expect(one == other)
            for bad in [Double.nan, .infinity, -.infinity] {
                let result = detector.observe(bad)
                #expect(result == nil)
            }
        }
        #expect(detector == clean)
        for value in [Double.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 0, 1e200] {
            let result = detector.observe(value)
            let score = try #require(result).score
            #expect(score >= 1e-8 && score <= 0.5)
        }
        for index in 0..<40 {
            let result = detector.observe(Double(index % 3))
            #expect(result?.score.isFinite == true)
        }
    }

    @Test("restored after any event, the function goes on as if nothing had happened")
    func restored() throws {
        var random = SeededGenerator.announced("restored")
        for shape in SpikeAndDipTests.shapes {
            var whole = try SpikeAndDip(confidence: 95, history: 40, mode: .spikesAndDips)
            var parts = whole
            for value in self.series(shape, &random) {
                let expected = whole.observe(value)
                let result = parts.observe(value)
                #expect(result == expected)
                var writer = StateWriter()
                parts.snapshot(into: &writer)
                var reader = StateReader(writer.bytes)
                parts = try SpikeAndDip(restoring: &reader)
                #expect(reader.isAtEnd && parts == whole)
            }
        }
    }

    @Test("a damaged state is a fault or another state, never a trap")
    func damaged() throws {
        var random = SeededGenerator.announced("damaged")
        var detector = try SpikeAndDip(confidence: 95, history: 30, mode: .dips)
        for value in self.series("spikes", &random) { _ = detector.observe(value) }
        var writer = StateWriter()
        detector.snapshot(into: &writer)
        for length in stride(from: 0, to: writer.bytes.count, by: 5) {
            var reader = StateReader(Array(writer.bytes[..<length]))
            #expect(throws: StateReader.Fault.self) { try SpikeAndDip(restoring: &reader) }
        }
        for _ in 0..<800 {
            var bytes = writer.bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var reader = StateReader(bytes)
            guard var other = try? SpikeAndDip(restoring: &reader) else { continue }
            for index in 0..<70 {
                let result = other.observe(Double(index % 5) * 10)
                let score = try #require(result).score
                #expect(score >= 1e-8 && score <= 1 - 1e-8)
            }
        }
    }
}
