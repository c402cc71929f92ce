internal import TelemetryModel

/// The mean of the readings of the current hour, handed over when the next hour begins.
struct HourlyMean: Equatable, Sendable {
    /// What an hour was.
    struct Hour: Equatable, Sendable {
        /// Whole hours since 1970.
        var number: Int64
        var mean: Double
        /// The largest distance that was given for a reading.
        var distanceMax: Double
    }

    private var number = Int64.min
    private var mean = 0.0
    private var distanceMax = 0.0
    private var count = 0

    static func number(of time: Timestamp) -> Int64 {
        // Rounded down before 1970, too.
        let (quotient, rest) = time.milliseconds.quotientAndRemainder(dividingBy: 3_600_000)
        return rest < 0 ? quotient - 1 : quotient
    }

    /// Takes a reading in.
    ///
    /// - Returns: The hour before, when this is the first reading of another one.
    mutating func observe(_ value: Double, distance: Double, at time: Timestamp) -> Hour? {
        let number = HourlyMean.number(of: time)
        var ended: Hour?
        if number != self.number {
            if self.count > 0 { ended = Hour(number: self.number, mean: self.mean, distanceMax: self.distanceMax) }
            (self.number, self.mean, self.distanceMax, self.count) = (number, 0, 0, 0)
        }
        self.count += 1
        // Shares, since a sum could overflow.
        let share = 1 / Double(self.count)
        self.mean = self.mean * (1 - share) + value * share
        self.distanceMax = max(self.distanceMax, min(distance, .greatestFiniteMagnitude))
        return ended
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.number)
        state.write(self.mean)
        state.write(self.distanceMax)
        state.write(self.count)
    }
}

extension HourlyMean {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.number = try state.readInt64()
        self.mean = try state.readFinite()
        self.distanceMax = try state.readSize()
        self.count = try state.readTally()
        let years = -20_000_000...(100_000_000 as Int64)
        guard self.count == 0 || years.contains(self.number) else { throw state.fault }
    }
}
