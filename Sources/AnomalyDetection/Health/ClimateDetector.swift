internal import TelemetryModel

/// Temperature and humidity of one sensor that cannot both be true.
///
/// Air that warms keeps its water: its relative humidity falls and its dew point stays nearly the same. When the temperature moves
/// and the dew point moves along by about as much (``shares``), the humidity did not notice, so the temperature is wrong. Steam moves
/// the dew point far more than the temperature, and is true. RH above 100 is the range's affair (``OutOfRangeDetector``). 130 bytes.
struct ClimateDetector: Equatable, Sendable {
    /// Smallest change of the temperature that is judged, °C: less is within the sensors' different time lags.
    static let temperatureChangeMin = 4.0
    /// The dew point's change as a share of the temperature's: 0.8 to 1 at constant relative humidity.
    static let shares = 0.6...1.2
    /// The longest span of a change, in milliseconds, as in ``RateDetector``.
    static let span = 300_000.0
    /// Samples that agree again after which it ends.
    static let clearCount = 8

    private struct Anchor: Equatable {
        var time: Timestamp
        var temperature: Double
        var dewPoint: Double
    }

    /// At most five, a quarter of ``span`` apart, oldest first.
    private var anchors: [Anchor] = []
    private var goodRun = 0
    private(set) var since: Timestamp?

    /// Judges a pair that was measured together; `nil` when there is nothing to compare it to, or no dew point.
    mutating func observe(temperature: Double, humidity: Double, at time: Timestamp) -> HealthFinding? {
        guard let dewPoint = MagnusFormula.dewPoint(temperature: temperature, humidity: humidity) else { return nil }
        self.anchors.removeAll { ClimateDetector.age($0.time, time) > ClimateDetector.span * 1.3 }
        defer { self.keep(Anchor(time: time, temperature: temperature, dewPoint: dewPoint)) }
        guard let oldest = self.anchors.first else { return self.finding(change: 0, limit: 0, at: time, excess: 0) }
        var worst = (temperature: 0.0, dewPoint: 0.0)
        for anchor in [oldest, self.anchors.last ?? oldest] {
            let change = (temperature - anchor.temperature, dewPoint - anchor.dewPoint)
            if abs(change.0) > abs(worst.temperature) { worst = change }
        }
        let share = worst.temperature == 0 ? 0 : worst.dewPoint / worst.temperature
        let isLarge = abs(worst.temperature) >= ClimateDetector.temperatureChangeMin
        let isImpossible = isLarge && ClimateDetector.shares.contains(share)
        if isImpossible {
            self.since = self.since ?? time
            self.goodRun = 0
        } else if self.since != nil {
            self.goodRun += 1
            if self.goodRun >= ClimateDetector.clearCount { self.since = nil }
        }
        return self.finding(
            change: worst.dewPoint,
            limit: abs(worst.temperature) * ClimateDetector.shares.lowerBound,
            at: time,
            excess: isImpossible ? abs(worst.temperature) / ClimateDetector.temperatureChangeMin : 0
        )
    }

    private mutating func keep(_ anchor: Anchor) {
        let pause = ClimateDetector.span / 4
        if let last = self.anchors.last, ClimateDetector.age(last.time, anchor.time) < pause { return }
        if self.anchors.count == 5 { self.anchors.removeFirst() }
        self.anchors.append(anchor)
    }

    private func finding(change: Double, limit: Double, at time: Timestamp, excess: Double) -> HealthFinding {
        HealthFinding(
            .climate,
            .dewPointChange,
            isAbnormal: self.since != nil,
            seen: change,
            expected: ExpectedLimits(low: -limit, high: limit),
            excess: excess,
            since: self.since ?? time
        )
    }

    private static func age(_ earlier: Timestamp, _ later: Timestamp) -> Double {
        abs(Double(later.milliseconds) - Double(earlier.milliseconds))
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.anchors.count)
        for anchor in self.anchors {
            state.write(anchor.time)
            state.write(anchor.temperature)
            state.write(anchor.dewPoint)
        }
        state.write(self.goodRun)
        state.write(self.since)
    }
}

extension ClimateDetector {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        let count = try state.readCount(ofSize: 24)
        guard count <= 5 else { throw state.fault }
        for _ in 0..<count {
            self.anchors.append(
                Anchor(
                    time: try state.readTimestamp(),
                    temperature: try state.readFinite(),
                    dewPoint: try state.readFinite()
                )
            )
        }
        self.goodRun = try state.readTally()
        self.since = try state.readOptionalTimestamp()
    }
}
