internal import TelemetryModel

/// Readings that have moved to a level where the channel never is at this time of day, and stay there.
///
/// Three of the last four readings outside the range of all days (``LongRange``) are enough. Else a two-sided CUSUM (Page 1954) on the distance from the ``SeasonalBaseline``, in units of how far the channel usually gets from it.
/// It stays abnormal until a reading is back within that reach, or the sum has sunk to a quarter; the baseline does not learn
/// meanwhile. 40 bytes.
struct LevelShiftDetector: Equatable, Sendable {
    /// The distance from which the sum grows, in usual reaches. The reach is exceeded in one hour of twenty, twice of it hardly.
    static let allowance = 2.0
    /// The sum that opens it. Twelve readings one reach beyond the allowance.
    static let threshold = 12.0
    /// Readings outside the range of days, of the last four.
    static let outsideCount = 3
    /// Most that one reading may count: six readings are needed, however far off they are.
    static let distanceMax = 4.0

    private var up = 0.0
    private var down = 0.0
    /// Of the last four readings, the newest in bit 0: whether outside the range of days.
    private var outside: UInt8 = 0
    private(set) var since: Timestamp?

    /// Judges a reading; the baseline is learned by the caller, while nothing is abnormal.
    mutating func observe(_ reading: SampleReading, baseline: SeasonalBaseline, days: ExpectedBand?) -> HealthFinding? {
        guard baseline.isLearned, let usual = baseline.expected(at: reading.time) else { return nil }
        let reach = max(baseline.reach.size, reading.significance, 2 * reading.resolution)
        guard reach > 0 else { return nil }
        let distance = min(max((reading.value - usual) / reach, -1e9), 1e9)
        let counted = min(max(distance, -LevelShiftDetector.distanceMax), LevelShiftDetector.distanceMax)
        let most = LevelShiftDetector.threshold * 1.5
        self.up = min(max(0, self.up + counted - LevelShiftDetector.allowance), most)
        self.down = min(max(0, self.down - counted - LevelShiftDetector.allowance), most)
        let sum = max(self.up, self.down)
        self.outside = (self.outside << 1 | (days.map { !$0.contains(reading.value) } ?? false ? 1 : 0)) & 0b1111
        let isOutside = self.outside.nonzeroBitCount >= LevelShiftDetector.outsideCount
        if isOutside || sum >= LevelShiftDetector.threshold { self.since = self.since ?? reading.time }
        let isBack = abs(distance) <= 1 || sum <= LevelShiftDetector.threshold / 4
        if isBack, self.outside == 0 { self.since = nil }
        if abs(distance) <= 1 { (self.up, self.down) = (0, 0) }
        if isOutside, let days {
            return HealthFinding(
                .levelShift,
                .value,
                isAbnormal: true,
                seen: reading.value,
                expected: ExpectedLimits(low: days.low, high: days.high),
                excess: days.deviation(of: reading.value),
                since: self.since ?? reading.time
            )
        }
        return HealthFinding(
            .levelShift,
            .value,
            isAbnormal: self.since != nil,
            seen: reading.value,
            expected: ExpectedLimits(
                low: usual - LevelShiftDetector.allowance * reach,
                high: usual + LevelShiftDetector.allowance * reach
            ),
            excess: min(sum / LevelShiftDetector.threshold, abs(distance) / LevelShiftDetector.allowance),
            since: self.since ?? reading.time
        )
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.up)
        state.write(self.down)
        state.write(Int(self.outside))
        state.write(self.since)
    }
}

extension LevelShiftDetector {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.up = try state.readSize()
        self.down = try state.readSize()
        self.outside = UInt8(try state.readTally(atMost: 15))
        self.since = try state.readOptionalTimestamp()
    }
}
