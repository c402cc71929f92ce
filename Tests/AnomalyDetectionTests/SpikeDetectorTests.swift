import AnomalyDetection
import TelemetryModel
import TestSupport
import Testing

@Suite("values outside what a series has kept to")
struct SpikeDetectorTests {
    @Test("during the warm-up of 16 values nothing is expected and nothing alerts; the 17th can")
    func warmUp() {
        var series = Series()
        let verdicts = series.feed(Series.quiet(15) + [500])
        #expect(verdicts.allSatisfy { $0 == SpikeVerdict(expected: nil, score: 0, action: .learn) })
        var other = Series()
        other.feed(Series.quiet(16))
        #expect(Series.string(other.feed([500])) == "O")
    }

    @Test("one spike is one alert, which ends after eight values back inside")
    func spike() {
        var series = Series()
        series.feed(Series.quiet(100))
        #expect(Series.string(series.feed([35] + Series.quiet(10, seed: 2))) == "O.......C..")
    }

    @Test(
        "an event of many values is one alert, whatever its shape",
        arguments: [
            ([40, 40, 40, 40], "Ohhh"), ([40, 20, 40, 20, 20, 40], "O.h..h"), ([-40, 60, -40], "Ohh"),
            ([40, 400, 400, 4_000], "Owhw"),
        ] as [([Double], String)]
    )
    func event(values: [Double], expected: String) {
        var series = Series()
        series.feed(Series.quiet(100))
        #expect(Series.string(series.feed(values)) == expected)
    }

    @Test("it is armed again at once: the next event is the next alert, with its own origin")
    func rearm() throws {
        var series = Series()
        series.feed(Series.quiet(100))
        let first = try #require(series.feed([40] + Series.quiet(8, seed: 2)).first?.alert)
        let second = try #require(series.feed([40]).first?.alert)
        #expect(first.origin.offset == 100)
        #expect(second.origin.offset == 109)
        #expect(second.openedAt == Timestamp(seconds: 109 * 60))
    }

    @Test("an event does not teach: the band after it is the band before it, but for the reluctance")
    func noPoisoning() throws {
        var series = Series()
        series.settings.reluctance = 0
        series.feed(Series.quiet(200))
        let before = try #require(series.feed([40]).first?.expected)
        series.feed([Double](repeating: 45, count: 100))
        let during = try #require(series.feed([45]).first?.expected)
        #expect(during == before)
        series.feed(Series.quiet(8, seed: 3))
        let after = try #require(series.feed(Series.quiet(1, seed: 4)).first?.expected)
        #expect(abs((after.high - after.low) - (before.high - before.low)) < 0.1 * (before.high - before.low))
        #expect(abs(after.high - before.high) < 0.2)
    }

    @Test("a level that stays for 240 values is the new normal: the alert ends and the learning starts anew")
    func newNormal() {
        var series = Series()
        series.feed(Series.quiet(100))
        let shifted = series.feed(Series.quiet(300, seed: 2).map { $0 + 15 })
        #expect(Series.string(Array(shifted[..<240])) == "O" + String(repeating: "h", count: 238) + "N")
        #expect(shifted[240..<256].allSatisfy { $0.expected == nil })
        #expect(shifted[256...].allSatisfy { $0.action == .learn && $0.expected?.contains(35) == true })
        #expect(Series.string(series.feed([20])) == "O")
    }

    @Test("an alert says what was expected, how far off the value is and which samples that comes from")
    func explanation() throws {
        var series = Series()
        let values = Series.quiet(100)
        series.feed(values)
        let verdict = try #require(series.feed([25]).first)
        let band = try #require(verdict.expected)
        #expect(band.basis == .recent)
        #expect((18.5...19.9).contains(band.low) && (20.1...21.5).contains(band.high))
        #expect(verdict.score > 0.7 && verdict.score < 1)
        let samples = try #require(verdict.samples)
        #expect(samples.count == 64)
        #expect(samples.start == Timestamp(seconds: 36 * 60))
        #expect(samples.end == Timestamp(seconds: 99 * 60))
        #expect(samples.min == values[36...].min())
        #expect(samples.max == values[36...].max())
        #expect(abs(samples.mean - values[36...].reduce(0, +) / 64) < 1e-9)
        let alert = try #require(verdict.alert)
        #expect(alert.worst == 25 && alert.count == 1 && alert.band == band)
        let end = try #require(series.feed([30] + Series.quiet(8)).last)
        #expect(end.action == .clear(.returned))
        #expect(end.alert?.worst == 30)
        #expect(end.alert?.count == 10)
    }

    @Test("the score is half on the edge of the band, and scaling or shifting the series changes nothing")
    func scale() {
        var series = Series()
        var scaled = Series()
        let values = Series.quiet(300) + [22, 35, -4] + Series.quiet(50, seed: 7)
        series.feed(values)
        scaled.feed(values.map { $0 * 1_024 })
        #expect(series.verdicts.map(\.action) == scaled.verdicts.map(\.action))
        for (one, other) in zip(series.verdicts, scaled.verdicts) { #expect(abs(one.score - other.score) < 1e-9) }
        let band = ExpectedBand(low: 2, high: 4, basis: .recent)
        #expect([3, 4, 2, 5, 0].map(band.score) == [0, 0.5, 0.5, 2.0 / 3, 0.75])
    }

    @Test("a quantised constant is not infinitely quiet: one step is no alert, a big jump is")
    func resolution() {
        var series = Series()
        let steps = (0..<200).map { 20 + ($0 % 7 == 0 ? 0.1 : 0) }
        #expect(series.feed(steps).allSatisfy { $0.action == .learn })
        #expect(Series.string(series.feed([20.4, 19.7])) == "..")
        #expect(Series.string(series.feed([23])) == "O")
    }

    @Test("a constant without any step alerts on a tenth of its level, not on a hundredth")
    func constant() {
        var series = Series()
        series.feed([Double](repeating: 20, count: 100))
        #expect(Series.string(series.feed([20.2])) == ".")
        var other = Series()
        other.feed([Double](repeating: 20, count: 100))
        #expect(Series.string(other.feed([30])) == "O")
    }

    @Test("a series that alerts all day is believed less: the same change alerts more rarely")
    func reluctance() {
        func alerts(_ reluctance: Double) -> Int {
            var series = Series()
            series.settings.reluctance = reluctance
            for seed in 0..<40 {
                series.feed(Series.quiet(50, seed: UInt64(seed)))
                series.feed([20.9, 20.9])
            }
            return series.verdicts.count { $0.action == .open }
        }
        #expect(alerts(0) > alerts(0.5))
        #expect(alerts(0.5) >= 1)
    }

    @Test("a daily swing is no alert; after two days a creeping drift far beyond it is, from the range of days")
    func creepingDrift() throws {
        var series = Series()
        var random = SeededGenerator(seed: 5)
        // A triangle of 24 hours between 15 and 25, noise 0.1.
        let days = (0..<(4 * 1_440)).map { minute in
            15 + abs(Double((minute + 720) % 1_440) / 72 - 10) + Double.random(in: -0.1...0.1, using: &random)
        }
        #expect(series.feed(days).allSatisfy { $0.action == .learn })
        let last = try #require(days.last)
        let drift = series.feed(
            (0..<600).map { last + Double($0) * 0.05 + Double.random(in: -0.1...0.1, using: &random) }
        )
        let opening = try #require(drift.first { $0.action == .open })
        #expect(opening.expected?.basis == .longTerm)
        #expect((29...36).contains(try #require(opening.alert?.worst)))
    }

    @Test(
        "values at the ends of Double's range do not trap and do not blind the detector",
        arguments: [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 0, -0.0] as [Double]
    )
    func extremes(value: Double) {
        var series = Series()
        series.feed([value, -value, value, 1] + [Double](repeating: value, count: 300) + [-value, 1, 0])
        for verdict in series.verdicts {
            #expect((0...1).contains(verdict.score))
            if let band = verdict.expected { #expect(band.low.isFinite && band.high.isFinite && band.low <= band.high) }
        }
        var quiet = Series()
        quiet.feed(Series.quiet(100))
        quiet.feed([.greatestFiniteMagnitude] + Series.quiet(20))
        #expect(Series.string(quiet.feed([40])) == "O")
    }

    @Test("what a value gets does not depend on the values after it")
    func causality() {
        var random = SeededGenerator.announced("causality")
        let values = (0..<400).map { _ in
            20 + Double.random(in: -1...1, using: &random) / Double.random(in: 0.01...1, using: &random)
        }
        var whole = Series()
        whole.feed(values)
        for length in [1, 17, 64, 100, 399] {
            var cut = Series()
            cut.feed(Array(values[..<length]))
            #expect(cut.verdicts.elementsEqual(whole.verdicts[..<length]))
        }
    }
}
