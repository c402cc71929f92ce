internal import TelemetryModel

/// What a series is expected to be next, and how far from it is usual: a profile of the day while it is better than the mean.
///
/// 48 half hours with a running mean each, forgetting a tenth a day; the plain forgotten mean beside them; whichever has had the
/// smaller error lately is expected. The scale is the mean absolute residual of the hour and of all hours.
struct Expectation: Equatable, Sendable {
    /// What is expected of one value.
    struct Forecast: Equatable, Sendable {
        var middle: Double
        /// The usual absolute residual; 0 for a series that never moved.
        var scale: Double
        var isByTimeOfDay: Bool
    }

    private static let halfHours = 48
    private static let hours = 24
    private static let halfHoursPerDay = 48.0

    private var count = 0
    private var mean = 0.0
    private var profile = [Double](repeating: 0, count: Expectation.halfHours)
    private var profileCounts = [Double](repeating: 0, count: Expectation.halfHours)
    private var profileError = 0.0
    private var meanError = 0.0
    private var scale = 0.0
    private var hourScales = [Double](repeating: 0, count: Expectation.hours)
    private var hourCounts = [Double](repeating: 0, count: Expectation.hours)
    /// The smallest step between two values ever seen; 0 until there was one.
    private(set) var resolution = 0.0

    init() {}

    /// What is expected in a half hour of the day; the value itself is when nothing has been learned.
    func forecast(halfHour: Int, first value: Double) -> Forecast {
        let hour = halfHour / 2
        let isByTimeOfDay =
            self.profileCounts[halfHour] > 0
            && self.profileError < self.meanError * SeriesTuning.profileAdvantage
        let scale =
            self.hourCounts[hour] > 0
            ? SeriesTuning.hourShare * self.hourScales[hour] + (1 - SeriesTuning.hourShare) * self.scale : self.scale
        return Forecast(
            middle: self.count == 0 ? value : isByTimeOfDay ? self.profile[halfHour] : self.mean,
            scale: max(scale, self.resolution),
            isByTimeOfDay: isByTimeOfDay
        )
    }

    /// Learns a value; `step` is its distance from the one before.
    mutating func learn(_ value: Double, step: Double, forecast: Forecast, halfHour: Int, rowsPerDay: Double) {
        if step > 0, self.resolution == 0 || step < self.resolution { self.resolution = step }
        if self.count == 0 { self.mean = value }
        if self.profileCounts[halfHour] > 0 {
            let errorOfProfile = abs(value - self.profile[halfHour])
            self.profileError += SeriesTuning.errorFollow * (errorOfProfile - self.profileError)
            self.meanError += SeriesTuning.errorFollow * (abs(value - self.mean) - self.meanError)
        }
        let share = 1 / Double(self.count + 1)
        self.mean += max(SeriesTuning.meanFollow, share) * (value - self.mean)
        let perHalfHour = max(rowsPerDay / Expectation.halfHoursPerDay, 1)
        self.profileCounts[halfHour] += 1
        let weight = max(SeriesTuning.profileFollow / perHalfHour, 1 / self.profileCounts[halfHour])
        self.profile[halfHour] += weight * (value - self.profile[halfHour])
        let residual = abs(value - forecast.middle)
        self.scale += max(SeriesTuning.scaleFollow, share) * (residual - self.scale)
        let hour = halfHour / 2
        self.hourCounts[hour] += 1
        self.hourScales[hour] +=
            max(SeriesTuning.hourFollow, 1 / self.hourCounts[hour]) * (residual - self.hourScales[hour])
        self.count += 1
    }
}

extension Expectation {
    func snapshot(into state: inout StateWriter) {
        state.write(self.count)
        state.write([self.mean, self.profileError, self.meanError, self.scale, self.resolution])
        for values in [self.profile, self.profileCounts, self.hourScales, self.hourCounts] { state.write(values) }
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        let count = try state.readInt64()
        guard (0...(1 << 48)).contains(count) else { throw state.fault }
        self.count = Int(count)
        let fields = try state.readFiniteDoubles(count: 5)
        (self.mean, self.profileError, self.meanError) = (fields[0], fields[1], fields[2])
        (self.scale, self.resolution) = (fields[3], fields[4])
        self.profile = try state.readFiniteDoubles(count: Expectation.halfHours)
        self.profileCounts = try state.readFiniteDoubles(count: Expectation.halfHours)
        self.hourScales = try state.readFiniteDoubles(count: Expectation.hours)
        self.hourCounts = try state.readFiniteDoubles(count: Expectation.hours)
        let sizes = fields[1...] + self.profileCounts + self.hourScales + self.hourCounts
        guard sizes.allSatisfy({ $0 >= 0 }) else { throw state.fault }
    }
}
