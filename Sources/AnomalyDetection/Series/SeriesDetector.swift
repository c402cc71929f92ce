internal import Glibc
package import TelemetryModel

/// `Anomaly(value)`: finds what is unusual in a series of unknown shape, one pass, one setting for all series.
///
/// ```
///  (time, value) ─► SamplingClock ─► Expectation ─► SeriesSurprise ─► gate ─► novelty ─┐
///                        │            of the hour    five views                        ├─► score: the largest,
///                        ├──────────────────────────► FaultWatch ─────────► evidence ──┤   0.5 at the limit
///                        │                            jump, burst, stuck │ learn?      │
///                        └──────────────────────────► RangeWatch ◄─────────┴► outside ─┘
///                                                     the range of days
/// ```
/// - A score depends on the values so far only, never on wall clock, file or length; multiplying or shifting a series changes nothing.
/// - The gate: a surprise must stand above the recent ones, which fade over some 150 values, so an event is told once. A fault is
///   told when it begins, and again every 200 values while its evidence lasts; far outside the range of days every value is.
/// - Times may repeat, go back or jump: they place a value in the day and tell the usual interval, nothing else.
///
/// State: at most 20 KiB, 11 in a snapshot; some 0.5 µs a value.
package struct SeriesDetector: Equatable, Sendable {
    private static let version: Int64 = 1
    /// Larger magnitudes are taken as this, so that nothing overflows.
    private static let magnitudeMax = 1e150
    /// Half the width of a band in scales, where no tail is known yet.
    private static let ratioAssumed = 6.0

    private var clock = SamplingClock()
    private var expectation = Expectation()
    private var surprise = SeriesSurprise()
    private var faults = FaultWatch()
    private var range = RangeWatch()
    private var previous: Double?
    /// The largest surprise lately, fading.
    private var gate = 0.0
    /// What alerts have added to it, fading slowly.
    private var bar = 0.0

    package init() {}

    /// Whether a fault (jump, burst, stuck) has begun and not ended.
    package var hasOpenFault: Bool { self.faults.openCount > 0 }

    /// Judges the next value of the series and learns from it.
    ///
    /// - Parameters:
    ///   - value: Any number; one that is not finite is passed over with a score of 0.
    ///   - time: Its instant; in any order.
    /// - Returns: The verdict. There is no alert in the first 50 values, and before 150 only for faults.
    package mutating func observe(_ value: Double, at time: Timestamp) -> SeriesVerdict {
        guard value.isFinite else { return .none }
        let value = min(max(value, -SeriesDetector.magnitudeMax), SeriesDetector.magnitudeMax)
        self.clock.observe(time)
        let rowsPerDay = self.clock.rowsPerDay
        let halfHour = SamplingClock.halfHour(of: time)
        let step = abs(value - (self.previous ?? value))
        self.previous = value
        let forecast = self.expectation.forecast(halfHour: halfHour, first: value)
        let evidence = self.surprise.observe(
            residual: value - forecast.middle,
            scale: forecast.scale,
            step: step,
            resolution: self.expectation.resolution
        )
        let finding = self.faults.observe(value, at: time, rowsPerDay: rowsPerDay)
        let longTerm = self.range.band
        let outside = self.range.observe(value, at: time, isLearned: finding.isLearned)
        self.expectation.learn(value, step: step, forecast: forecast, halfHour: halfHour, rowsPerDay: rowsPerDay)
        let surprise = evidence.surprise
        let passed = self.pass(surprise) / SeriesTuning.noveltyLimit
        let novelty = self.surprise.isLearned ? passed : 0
        let strength = surprise / SeriesTuning.noveltyLimit
        var verdict = SeriesVerdict(
            score: SeriesDetector.score(max(novelty, finding.evidence, outside)),
            surprise: SeriesDetector.score(max(strength, finding.strength, outside)),
            pValue: evidence.pValue,
            view: evidence.view,
            expected: nil
        )
        guard verdict.isAlert else { return verdict }
        verdict.expected = self.band(around: forecast)
        if finding.evidence > novelty, finding.evidence >= outside {
            verdict.view = finding.view
            verdict.pValue = finding.pValue
        } else if outside > novelty {
            (verdict.view, verdict.pValue, verdict.expected) = (.range, nil, longTerm)
        }
        return verdict
    }

    /// How far a surprise stands above the recent ones, which it joins.
    private mutating func pass(_ surprise: Double) -> Double {
        self.gate *= SeriesDetector.gateDecay
        self.bar *= SeriesDetector.barDecay
        let novelty = surprise - self.gate - self.bar
        if novelty > SeriesTuning.barNovelty { self.bar += SeriesTuning.barShare * novelty }
        self.gate = max(self.gate, surprise)
        return max(novelty, 0)
    }

    private static let gateDecay = exp(-1 / SeriesTuning.gateCount)
    private static let barDecay = exp(-1 / SeriesTuning.barCount)

    /// 0.5 at the limit.
    private static func score(_ ratio: Double) -> Double { ratio / (ratio + 1) }

    /// What all but a thousandth of the values on each side kept to.
    private func band(around forecast: Expectation.Forecast) -> ExpectedBand {
        let usual = self.surprise.usualRatios
        let below = (usual.below > 0 ? usual.below : SeriesDetector.ratioAssumed) * forecast.scale
        let above = (usual.above > 0 ? usual.above : SeriesDetector.ratioAssumed) * forecast.scale
        return ExpectedBand(
            low: forecast.middle - below,
            high: forecast.middle + above,
            basis: forecast.isByTimeOfDay ? .longTerm : .recent
        )
    }
}

extension SeriesDetector {
    /// Writes all that ``observe(_:at:)`` depends on.
    package func snapshot(into state: inout StateWriter) {
        state.write(SeriesDetector.version)
        self.clock.snapshot(into: &state)
        self.expectation.snapshot(into: &state)
        self.surprise.snapshot(into: &state)
        self.faults.snapshot(into: &state)
        self.range.snapshot(into: &state)
        state.write(self.previous != nil)
        state.write([self.previous ?? 0, self.gate, self.bar])
    }

    /// Reads what ``snapshot(into:)`` wrote.
    ///
    /// - Throws: the fault's place, when the bytes end early or say what cannot be.
    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        guard try state.readInt64() == SeriesDetector.version else { throw state.fault }
        self.clock = try SamplingClock(restoring: &state)
        self.expectation = try Expectation(restoring: &state)
        self.surprise = try SeriesSurprise(restoring: &state)
        self.faults = try FaultWatch(restoring: &state)
        self.range = try RangeWatch(restoring: &state)
        let hasPrevious = try state.readBool()
        let fields = try state.readFiniteDoubles(count: 3)
        self.previous = hasPrevious ? fields[0] : nil
        (self.gate, self.bar) = (fields[1], fields[2])
        guard self.gate >= 0, self.bar >= 0 else { throw state.fault }
    }
}
