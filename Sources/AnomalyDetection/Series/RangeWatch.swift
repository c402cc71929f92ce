internal import TelemetryModel

/// Finds values far outside the range a series has kept to for days (``LongRange``): a sensor that creeps away, however slowly.
///
/// Unlike a novelty, which passes, this holds: every value out there says so, and the first after a while says more.
struct RangeWatch: Equatable, Sendable {
    private static let onset = 1.5
    /// Values inside after which being outside is new again.
    private static let insideCount = 60
    /// Times are bounded to the years 0000 to 9999, so that a wrong one does not count as days.
    private static let times = Int64(-62_167_219_200_000)...253_402_300_799_999

    private var range = LongRange(
        learningCount: SeriesTuning.rangeCount,
        marginShare: SeriesTuning.rangeMargin
    )
    private var sinceOutside = RangeWatch.insideCount

    init() {}

    /// The range with its margins; `nil` while it is being learned.
    var band: ExpectedBand? { self.range.band }

    /// 1.5 for the first value outside, 1 for the ones after it, 0 inside; learns from it when `isLearned`.
    mutating func observe(_ value: Double, at time: Timestamp, isLearned: Bool) -> Double {
        var evidence = 0.0
        self.sinceOutside = min(self.sinceOutside + 1, RangeWatch.insideCount + 1)
        if let band = self.range.band, !band.contains(value) {
            evidence = self.sinceOutside > RangeWatch.insideCount ? RangeWatch.onset : 1
            self.sinceOutside = 0
        }
        if isLearned {
            let bounded = min(max(time.milliseconds, RangeWatch.times.lowerBound), RangeWatch.times.upperBound)
            self.range.observe(value, at: Timestamp(milliseconds: bounded))
        }
        return evidence
    }

    func snapshot(into state: inout StateWriter) {
        self.range.write(to: &state)
        state.write(self.sinceOutside)
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.range = try LongRange(
            reading: &state,
            learningCount: SeriesTuning.rangeCount,
            marginShare: SeriesTuning.rangeMargin
        )
        let since = try state.readInt64()
        guard self.range.low.isFinite, self.range.high.isFinite, (0...Int64(RangeWatch.insideCount + 1)).contains(since)
        else { throw state.fault }
        self.sinceOutside = Int(since)
    }
}
