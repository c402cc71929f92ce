internal import TelemetryModel

/// The last large step of each half hour of the day: what comes again a day later is a schedule, not a fault.
struct DailyJumps: Equatable, Sendable {
    private static let halfHours = 48
    /// A step as large as the day before's: within this factor.
    private static let likeness = 2.0

    /// Days since 1970 of the steps; only where there was one.
    private var days = [Int64?](repeating: nil, count: DailyJumps.halfHours)
    /// The steps, with their sign.
    private var steps = [Double](repeating: 0, count: DailyJumps.halfHours)

    init() {}

    /// Remembers a step, not 0, and tells whether one like it came in the same half hour of the day before.
    mutating func observe(_ step: Double, at time: Timestamp) -> Bool {
        let halfHour = SamplingClock.halfHour(of: time)
        let day = SamplingClock.day(of: time)
        defer { (self.days[halfHour], self.steps[halfHour]) = (day, step) }
        guard let last = self.days[halfHour], last == day - 1 else { return false }
        let ratio = step / self.steps[halfHour]
        return ratio > 1 / DailyJumps.likeness && ratio < DailyJumps.likeness
    }

    func snapshot(into state: inout StateWriter) {
        for halfHour in 0..<DailyJumps.halfHours {
            state.write(self.days[halfHour] != nil)
            guard let day = self.days[halfHour] else { continue }
            state.write(day)
            state.write(self.steps[halfHour])
        }
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        for halfHour in 0..<DailyJumps.halfHours where try state.readBool() {
            let day = try state.readInt64()
            let step = try state.readDouble()
            guard SamplingClock.days.contains(day), step.isFinite, step != 0 else { throw state.fault }
            (self.days[halfHour], self.steps[halfHour]) = (day, step)
        }
    }
}
