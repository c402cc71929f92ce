internal import TelemetryModel

/// What a channel usually reads at a time of day, and how far from it it usually gets.
///
/// A mean per hour of the day (UTC), forgotten over ten days, with straight lines between the middles of the hours; or the plain mean
/// of two days while that one predicts the hours better. About 300 bytes.
struct SeasonalBaseline: Equatable, Sendable {
    /// Days over which an hour's mean is taken.
    static let daysMax = 10
    /// Hours over which the plain mean is taken.
    static let plainHoursMax = 48
    /// Hours that must have been seen before the baseline is used: a day and a quarter, so that most hours came once.
    static let learningHours = 30

    private var means = [Float](repeating: 0, count: 24)
    private var days = [UInt8](repeating: 0, count: 24)
    private var plainMean = 0.0
    private var hours = 0
    private var seasonalError = 0.0
    private var plainError = 0.0
    private var hour = HourlyMean()
    private(set) var reach = UsualReach()

    var isLearned: Bool { self.hours >= SeasonalBaseline.learningHours }

    /// The usual reading at an instant; `nil` before the first hour has ended.
    func expected(at time: Timestamp) -> Double? {
        guard self.hours > 0 else { return nil }
        return self.isSeasonal ? self.seasonal(at: time) ?? self.plainMean : self.plainMean
    }

    /// Learns from a normal reading.
    mutating func learn(_ value: Double, at time: Timestamp) {
        let distance = self.expected(at: time).map { abs(value - $0) } ?? 0
        guard let ended = self.hour.observe(value, distance: distance, at: time) else { return }
        if self.hours > 0 { self.reach.observe(ended.distanceMax) }
        self.fold(ended)
    }

    private var isSeasonal: Bool { self.seasonalError < self.plainError }

    private func seasonal(at time: Timestamp) -> Double? {
        let number = HourlyMean.number(of: time)
        let inHour = Double(time.milliseconds - number * 3_600_000) / 3_600_000
        let other = inHour < 0.5 ? number - 1 : number + 1
        let (here, there) = (SeasonalBaseline.place(number), SeasonalBaseline.place(other))
        guard self.days[here] > 0 else { return nil }
        guard self.days[there] > 0 else { return Double(self.means[here]) }
        let weight = abs(inHour - 0.5)
        return Double(self.means[here]) * (1 - weight) + Double(self.means[there]) * weight
    }

    private mutating func fold(_ ended: HourlyMean.Hour) {
        let place = SeasonalBaseline.place(ended.number)
        if self.days[place] > 0 {
            self.seasonalError += (min(abs(ended.mean - Double(self.means[place])), 1e300) - self.seasonalError) * 0.05
            self.plainError += (min(abs(ended.mean - self.plainMean), 1e300) - self.plainError) * 0.05
        }
        self.days[place] = min(self.days[place] + 1, UInt8(SeasonalBaseline.daysMax))
        let share = 1 / Double(self.days[place])
        let mean = Double(self.means[place]) * (1 - share) + ended.mean * share
        self.means[place] = Float(min(max(mean, -3e38), 3e38))
        self.hours += self.hours < 1_000_000 ? 1 : 0
        let plainShare = 1 / Double(min(self.hours, SeasonalBaseline.plainHoursMax))
        self.plainMean = self.plainMean * (1 - plainShare) + ended.mean * plainShare
    }

    private static func place(_ hour: Int64) -> Int {
        Int((hour % 24 + 24) % 24)
    }

    func snapshot(into state: inout StateWriter) {
        for (mean, days) in zip(self.means, self.days) {
            state.write(Double(mean))
            state.write(Int(days))
        }
        state.write(self.plainMean)
        state.write(self.hours)
        state.write(self.seasonalError)
        state.write(self.plainError)
        self.hour.snapshot(into: &state)
        self.reach.snapshot(into: &state)
    }
}

extension SeasonalBaseline {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        for place in 0..<24 {
            let mean = Float(try state.readFinite())
            guard mean.isFinite else { throw state.fault }
            self.means[place] = mean
            self.days[place] = UInt8(try state.readTally(atMost: SeasonalBaseline.daysMax))
        }
        self.plainMean = try state.readFinite()
        self.hours = try state.readTally(atMost: 1_000_000)
        self.seasonalError = try state.readSize()
        self.plainError = try state.readSize()
        self.hour = try HourlyMean(restoring: &state)
        self.reach = try UsualReach(restoring: &state)
    }
}
