internal import Glibc
internal import TelemetryModel

/// Five views of a series' residuals, each turned into a p-value by its own history; their mean is the surprise.
///
/// ```
///  value ─► expectation, scale ─► residual ─┬─ value   ±  ─┐
///                                           ├─ level   ±  ─┤   TailHistogram      mean of
///                                           ├─ spread     ─┼─► each: −log₁₀ p ──► the five ──► surprise
///                                           └─ trend   ±  ─┤
///  value − value before, its scale ─────────── step       ─┘
/// ```
/// The views marked ± have a histogram for each side. Everything is learned, events too: what happens often is no surprise.
struct SeriesSurprise: Equatable, Sendable {
    /// What the views say about one value.
    struct Evidence: Equatable, Sendable {
        /// Of the views' p-values.
        var product = 1.0
        /// The view with the smallest p-value, and that.
        var view = SeriesView.value
        var pValue = 1.0

        /// The mean of the views' −log₁₀ p.
        var surprise: Double { -log10(self.product) / SeriesSurprise.viewCount }
    }

    /// Residuals beyond this many scales are taken as this many.
    private static let ratioMax = 1e5
    private static let viewCount = 5.0

    private var count = 0
    private var stepScale = 0.0
    private var trend = 0.0
    private var level = RollingMean(capacity: SeriesTuning.windowCount)
    private var spread = RollingMean(capacity: SeriesTuning.windowCount)
    private var valueAbove = TailHistogram()
    private var valueBelow = TailHistogram()
    private var steps = TailHistogram()
    private var levelAbove = TailHistogram()
    private var levelBelow = TailHistogram()
    private var spreads = TailHistogram()
    private var trendAbove = TailHistogram()
    private var trendBelow = TailHistogram()

    init() {}

    /// Whether enough values were seen for a surprise to be an alert.
    var isLearned: Bool { self.count >= SeriesTuning.learningCount }

    /// `value / scale`, bounded; a scale of 0 makes any distance the largest.
    private static func ratio(_ value: Double, _ scale: Double) -> Double {
        guard value != 0 else { return 0 }
        return max(min(value / scale, SeriesSurprise.ratioMax), -SeriesSurprise.ratioMax)
    }

    /// Judges a value and learns from it.
    ///
    /// - Parameters:
    ///   - residual: its distance from what was expected.
    ///   - scale: the usual absolute residual.
    ///   - step: its absolute distance from the value before.
    ///   - resolution: the smallest step ever; 0 when there was none.
    /// - Returns: What the views say.
    mutating func observe(residual: Double, scale: Double, step: Double, resolution: Double) -> Evidence {
        let value = SeriesSurprise.ratio(residual, scale)
        let change = SeriesSurprise.ratio(step, max(self.stepScale, resolution))
        let level = self.level.append(value)
        let spread = self.spread.append(abs(value))
        self.trend += SeriesTuning.trendFollow * (value - self.trend)
        var evidence = Evidence()
        let sizes = (value: abs(value), level: abs(level), trend: abs(self.trend))
        evidence.add(.value, value > 0 ? self.valueAbove : self.valueBelow, sizes.value)
        evidence.add(.step, self.steps, change)
        evidence.add(.level, level > 0 ? self.levelAbove : self.levelBelow, sizes.level)
        evidence.add(.spread, self.spreads, spread)
        evidence.add(.trend, self.trend > 0 ? self.trendAbove : self.trendBelow, sizes.trend)
        if self.count >= SeriesTuning.settlingCount {
            self.valueAbove.count(value > 0 ? sizes.value : 0)
            self.valueBelow.count(value > 0 ? 0 : sizes.value)
            self.steps.count(change)
            self.levelAbove.count(level > 0 ? sizes.level : 0)
            self.levelBelow.count(level > 0 ? 0 : sizes.level)
            self.spreads.count(spread)
            self.trendAbove.count(self.trend > 0 ? sizes.trend : 0)
            self.trendBelow.count(self.trend > 0 ? 0 : sizes.trend)
        }
        self.stepScale += max(SeriesTuning.stepScaleFollow, 1 / Double(self.count + 1)) * (step - self.stepScale)
        self.count += 1
        return evidence
    }

    /// How many scales above and below what is expected all but a thousandth of the values were, the last one left out.
    var usualRatios: (below: Double, above: Double) {
        (self.valueBelow.quantile(above: 0.001, besides: 1), self.valueAbove.quantile(above: 0.001, besides: 1))
    }
}

extension SeriesSurprise.Evidence {
    fileprivate mutating func add(_ view: SeriesView, _ histogram: borrowing TailHistogram, _ size: Double) {
        let pValue = histogram.probability(size, largest: SeriesTuning.largest, prior: SeriesTuning.prior)
        self.product *= pValue
        if pValue < self.pValue { (self.pValue, self.view) = (pValue, view) }
    }
}

extension SeriesSurprise {
    func snapshot(into state: inout StateWriter) {
        state.write(self.count)
        state.write([self.stepScale, self.trend])
        self.level.snapshot(into: &state)
        self.spread.snapshot(into: &state)
        self.valueAbove.snapshot(into: &state)
        self.valueBelow.snapshot(into: &state)
        self.steps.snapshot(into: &state)
        self.levelAbove.snapshot(into: &state)
        self.levelBelow.snapshot(into: &state)
        self.spreads.snapshot(into: &state)
        self.trendAbove.snapshot(into: &state)
        self.trendBelow.snapshot(into: &state)
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        let count = try state.readInt64()
        guard (0...(1 << 48)).contains(count) else { throw state.fault }
        self.count = Int(count)
        let fields = try state.readFiniteDoubles(count: 2)
        guard fields[0] >= 0 else { throw state.fault }
        (self.stepScale, self.trend) = (fields[0], fields[1])
        self.level = try RollingMean(restoring: &state, capacity: SeriesTuning.windowCount)
        self.spread = try RollingMean(restoring: &state, capacity: SeriesTuning.windowCount)
        self.valueAbove = try TailHistogram(restoring: &state)
        self.valueBelow = try TailHistogram(restoring: &state)
        self.steps = try TailHistogram(restoring: &state)
        self.levelAbove = try TailHistogram(restoring: &state)
        self.levelBelow = try TailHistogram(restoring: &state)
        self.spreads = try TailHistogram(restoring: &state)
        self.trendAbove = try TailHistogram(restoring: &state)
        self.trendBelow = try TailHistogram(restoring: &state)
    }
}
