import Foundation
import TelemetryModel
import TestSupport
import Testing

@testable import AnomalyDetection

@Suite("p-values of magnitudes from a histogram with a Pareto tail")
struct TailHistogramTests {
    private static let prior = TailHistogram.Prior(weight: 1, exponent: 2)

    private func filled(_ count: Int, _ magnitude: (inout SeededGenerator) -> Double) -> TailHistogram {
        var random = SeededGenerator(seed: 11)
        var histogram = TailHistogram()
        for _ in 0..<count { histogram.count(magnitude(&random)) }
        return histogram
    }

    /// −log₁₀ of the p-value.
    private func surprise(_ magnitude: Double, in histogram: TailHistogram, largest: Int = 10) -> Double {
        -log10(histogram.probability(magnitude, largest: largest, prior: TailHistogramTests.prior))
    }

    @Test("the surprise of a magnitude is −log₁₀ of the share of larger ones", arguments: [0.1, 0.5, 0.9])
    func share(fraction: Double) {
        let histogram = self.filled(20_000) { Double.random(in: 0...1, using: &$0) }
        let surprise = self.surprise(fraction, in: histogram)
        #expect(abs(surprise + log10(1 - fraction)) < 0.15)
    }

    @Test("beyond all that was seen the power law of the tail goes on", arguments: [1.5, 2, 4])
    func tail(exponent: Double) {
        let histogram = self.filled(20_000) {
            pow(Double.random(in: .leastNonzeroMagnitude...1, using: &$0), -1 / exponent)
        }
        let far = pow(10, 6 / exponent)  // seen once in a million
        #expect(abs(self.surprise(far, in: histogram, largest: 60) - 6) < 1)
    }

    @Test("nothing is surprising before twenty magnitudes, and nothing more than 10⁻¹²")
    func limits() {
        var histogram = self.filled(19) { _ in 1 }
        #expect(self.surprise(1e6, in: histogram) == 0)
        histogram.count(1)
        #expect(self.surprise(1e6, in: histogram) > 3)
        #expect(self.surprise(.greatestFiniteMagnitude, in: histogram) > 11.999)
        #expect(self.surprise(0, in: histogram) < 0.1)
    }

    @Test("a larger magnitude is never less surprising, also when counts have been halved many times")
    func monotone() {
        let histogram = self.filled(400_000) { exp(Double.random(in: -3...3, using: &$0)) }
        var last = -1.0
        for step in 0..<2_000 {
            let surprise = self.surprise(exp(Double(step) / 100 - 5), in: histogram)
            #expect(surprise >= last - 1e-9)
            last = surprise
        }
        #expect(abs(self.surprise(1, in: histogram) - log10(2)) < 0.05)
    }

    @Test("a quantile's magnitude is exceeded by its share")
    func quantile() {
        let histogram = self.filled(50_000) { Double.random(in: 0...1, using: &$0) }
        #expect(abs(histogram.quantile(above: 0.1) - 0.9) < 0.08)
        #expect(TailHistogram().quantile(above: 0.1) == 0)
        #expect(TailHistogram().largest == 0)
    }

    @Test("a restored histogram is the same one")
    func restored() throws {
        let histogram = self.filled(70_000) { exp(Double.random(in: -9...9, using: &$0)) }
        var writer = StateWriter()
        histogram.snapshot(into: &writer)
        var reader = StateReader(writer.bytes)
        #expect(try TailHistogram(restoring: &reader) == histogram)
        #expect(reader.isAtEnd)
    }
}
