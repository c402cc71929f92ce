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

    @Test("the surprise of a magnitude is −log₁₀ of the share of larger ones", arguments: [0.1, 0.5, 0.9])
    func share(fraction: Double) {
        let histogram = self.filled(20_000) { Double.random(in: 0...1, using: &$0) }
        let surprise = histogram.surprise(fraction, largest: 10, prior: TailHistogramTests.prior)
        #expect(abs(surprise + log10(1 - fraction)) < 0.15)
    }

    @Test("beyond all that was seen the power law of the tail goes on", arguments: [1.5, 2, 4])
    func tail(exponent: Double) {
        let histogram = self.filled(20_000) {
            pow(Double.random(in: .leastNonzeroMagnitude...1, using: &$0), -1 / exponent)
        }
        let far = pow(10, 6 / exponent)  // seen once in a million
        #expect(abs(histogram.surprise(far, largest: 60, prior: TailHistogramTests.prior) - 6) < 1)
    }

    @Test("nothing is surprising before twenty magnitudes, and nothing more than 10⁻¹²")
    func limits() {
        var histogram = self.filled(19) { _ in 1 }
        #expect(histogram.surprise(1e6, largest: 10, prior: TailHistogramTests.prior) == 0)
        histogram.count(1)
        #expect(histogram.surprise(1e6, largest: 10, prior: TailHistogramTests.prior) > 3)
        #expect(histogram.surprise(.greatestFiniteMagnitude, largest: 10, prior: TailHistogramTests.prior) == 12)
        #expect(histogram.surprise(0, largest: 10, prior: TailHistogramTests.prior) < 0.1)
    }

    @Test("a larger magnitude is never less surprising, also when counts have been halved many times")
    func monotone() {
        let histogram = self.filled(400_000) { exp(Double.random(in: -3...3, using: &$0)) }
        var last = -1.0
        for step in 0..<2_000 {
            let surprise = histogram.surprise(exp(Double(step) / 100 - 5), largest: 10, prior: TailHistogramTests.prior)
            #expect(surprise >= last - 1e-9)
            last = surprise
        }
        #expect(abs(histogram.surprise(1, largest: 10, prior: TailHistogramTests.prior) - log10(2)) < 0.05)
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
