internal import TelemetryModel

/// How often a series is sampled, and where in the day a sample lies; any order of times is taken.
struct SamplingClock: Equatable, Sendable {
    static let dayMilliseconds: Int64 = 86_400_000
    /// Rows per day that are assumed before two different times were seen: one every five minutes.
    private static let rowsPerDayAssumed = 288.0
    private static let follow = 0.02
    /// A gap counts as at most so many usual intervals.
    private static let gapMax = 4.0

    private var last: Int64?
    /// The usual interval in milliseconds; 0 until it is known.
    private var interval = 0.0

    init() {}

    mutating func observe(_ time: Timestamp) {
        defer { self.last = time.milliseconds }
        guard let last = self.last else { return }
        let (step, overflows) = time.milliseconds.subtractingReportingOverflow(last)
        guard !overflows, step > 0 else { return }
        guard self.interval > 0 else {
            self.interval = Double(step)
            return
        }
        let bounded = min(Double(step), SamplingClock.gapMax * self.interval)
        self.interval += SamplingClock.follow * (bounded - self.interval)
    }

    /// Usual samples in a day, at least one.
    var rowsPerDay: Double {
        guard self.interval > 0 else { return SamplingClock.rowsPerDayAssumed }
        return max(Double(SamplingClock.dayMilliseconds) / self.interval, 1)
    }

    /// The half hour of the day, 0 to 47, in UTC.
    static func halfHour(of time: Timestamp) -> Int {
        let inDay = time.milliseconds % SamplingClock.dayMilliseconds
        return Int((inDay < 0 ? inDay + SamplingClock.dayMilliseconds : inDay) / 1_800_000)
    }

    /// Every day that a time can lie in.
    static let days = Int64.min / SamplingClock.dayMilliseconds - 1...Int64.max / SamplingClock.dayMilliseconds

    /// Days since 1970, in UTC.
    static func day(of time: Timestamp) -> Int64 {
        let day = time.milliseconds / SamplingClock.dayMilliseconds
        return time.milliseconds % SamplingClock.dayMilliseconds < 0 ? day - 1 : day
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.last != nil)
        state.write(self.last ?? 0)
        state.write(self.interval)
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        let isSet = try state.readBool()
        let last = try state.readInt64()
        self.last = isSet ? last : nil
        self.interval = try state.readDouble()
        guard self.interval >= 0, self.interval.isFinite else { throw state.fault }
    }
}
