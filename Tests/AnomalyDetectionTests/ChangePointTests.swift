import AnomalyDetection
import Foundation
import TelemetryModel
import TestSupport
import Testing

@Suite("Azure's ChangePoint: an exchangeability martingale, arXiv:1204.3251")
struct ChangePointTests {
    /// The formula as it is written, with the kernel sum over all values.
    private struct Literal {
        var history: Int
        var bet: ChangePoint.Bet
        var values: [Double] = []
        var bets: [Double] = []

        /// The logarithm of the martingale after the value.
        mutating func observe(_ value: Double) -> Double {
            var share = 0.5
            if !self.values.isEmpty {
                let count = Double(self.values.count)
                let mean = self.values.reduce(0, +) / count
                let squares = self.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                let bandwidth = max(1e-6, (2 * squares / count).squareRoot())
                share = self.values.reduce(0) { $0 + erfc((value - $1) / bandwidth) } / (2 * count)
            }
            let p = min(max(min(share, 1 - share), 1e-8), 1 - 1e-8)
            self.values.append(value)
            if self.values.count > self.history { self.values.removeFirst() }
            let update = Literal.logarithm(p, self.bet)
            if self.bets.isEmpty { self.bets = Array(repeating: update, count: self.history) }
            self.bets.append(update)
            self.bets.removeFirst()
            return self.bets.reduce(0, +)
        }

        static func logarithm(_ p: Double, _ bet: ChangePoint.Bet) -> Double {
            switch bet {
            case .power: log(0.1) + (0.1 - 1) * log(p)
            case .mixture: log(p * log(p) + 1 - p) - 2 * log(-log(p)) - log(p)
            }
        }
    }

    private static func shift(at place: Int, of count: Int, _ random: inout SeededGenerator) -> [Double] {
        (0..<count).map { Double.random(in: -1...1, using: &random) + ($0 < place ? 0 : 6) }
    }

    @Test("the martingale is the literal formula's within a hundredth per bet", arguments: ChangePoint.Bet.allCases)
    func agreement(bet: ChangePoint.Bet) throws {
        var random = SeededGenerator.announced("agreement")
        let history = 40
        var detector = try ChangePoint(confidence: 90, history: history, bet: bet)
        var literal = Literal(history: history, bet: bet)
        for value in ChangePointTests.shift(at: 150, of: 300, &random) {
            let expected = literal.observe(value)
            let result = detector.observe(value)
            let score = try #require(result).score
            #expect(abs(log(score) - expected) <= 0.01 * Double(history))
        }
    }

    @Test("a lasting shift is told once, and not again before the history has passed")
    func once() throws {
        var random = SeededGenerator(seed: 5)
        var detector = try ChangePoint(confidence: 80, history: 50)
        let values = ChangePointTests.shift(at: 200, of: 260, &random)
        let alerts = values.indices.filter { detector.observe(values[$0])?.isAnomaly == true }
        let first = try #require(alerts.first { $0 >= 200 })
        #expect(first < 250)
        for (one, next) in zip(alerts, alerts.dropFirst()) { #expect(next - one >= 50) }
    }

    @Test("ordinary noise is no change at a high confidence, and nothing is before the history is full")
    func quiet() throws {
        var random = SeededGenerator(seed: 6)
        var detector = try ChangePoint(confidence: 95, history: 100)
        for _ in 0..<2_000 {
            let result = detector.observe(Double.random(in: -1...1, using: &random))
            #expect(result?.isAnomaly == false)
        }
        var young = try ChangePoint(confidence: 1, history: 10)
        for index in 0..<9 {
            let result = young.observe(index == 8 ? 1_000 : 0)
            #expect(result?.isAnomaly == false)
        }
    }

    @Test("NaN and infinities are passed over; scores stay finite")
    func extremes() throws {
        var detector = try ChangePoint(confidence: 99, history: 600)
        for bad in [Double.nan, .infinity, -.infinity] {
            let result = detector.observe(bad)
            #expect(result == nil)
        }
        for index in 0..<1_500 {
            let value = index < 700 ? Double(index % 7) : pow(10, Double(index % 300))
            let result = detector.observe(value)
            #expect(try #require(result).score.isFinite)
        }
    }

    @Test(
        "restored after any event, the function goes on as if nothing had happened",
        arguments: ChangePoint.Bet.allCases
    )
    func restored(bet: ChangePoint.Bet) throws {
        var random = SeededGenerator.announced("restored")
        var whole = try ChangePoint(confidence: 75, history: 20, bet: bet)
        var parts = whole
        for value in ChangePointTests.shift(at: 90, of: 180, &random) {
            let expected = whole.observe(value)
            let result = parts.observe(value)
            #expect(result == expected)
            var writer = StateWriter()
            parts.snapshot(into: &writer)
            var reader = StateReader(writer.bytes)
            parts = try ChangePoint(restoring: &reader)
            #expect(reader.isAtEnd && parts == whole)
        }
    }

    @Test("a damaged state is a fault or another state, never a trap")
    func damaged() throws {
        var random = SeededGenerator.announced("damaged")
        var detector = try ChangePoint(confidence: 75, history: 20)
        for value in ChangePointTests.shift(at: 60, of: 90, &random) { _ = detector.observe(value) }
        var writer = StateWriter()
        detector.snapshot(into: &writer)
        for length in stride(from: 0, to: writer.bytes.count, by: 5) {
            var reader = StateReader(Array(writer.bytes[..<length]))
            #expect(throws: StateReader.Fault.self) { try ChangePoint(restoring: &reader) }
        }
        for _ in 0..<800 {
            var bytes = writer.bytes
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            var reader = StateReader(bytes)
            guard var other = try? ChangePoint(restoring: &reader) else { continue }
            for index in 0..<50 {
                let result = other.observe(Double(index % 5))
                #expect(result?.score.isNaN == false)
            }
        }
    }
}
