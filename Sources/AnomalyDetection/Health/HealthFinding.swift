package import TelemetryModel

/// What a detector says about one reading, in numbers: the sentence is made when somebody is told.
package struct HealthFinding: Equatable, Sendable {
    /// What ``seen`` and ``expected`` measure, and with it their unit.
    package enum Measure: Int, Equatable, Sendable {
        /// The reading itself, in the channel's unit.
        case value
        /// The difference from the reading before, in the channel's unit.
        case step
        /// The difference from the reading five minutes ago, in the channel's unit.
        case fiveMinuteChange
        /// Equal readings in a row.
        case equalReadings
        /// The mean back-and-forth of neighbouring readings, in the channel's unit.
        case backAndForth
        /// The mean difference, in the channel's unit, from what is usual at the time of day, over the hours of a drift.
        case driftFromUsual
        /// The difference from the median of the group, in the channel's unit.
        case differenceFromPeers
        /// The mean difference from the median of the group, over the hours of a drift, in the channel's unit.
        case driftFromPeers
        /// The change of the dew point over at most five minutes, °C.
        case dewPointChange
        /// Seconds without a reading.
        case quietSeconds
        /// Days until the battery is at its limit.
        case batteryDays
        /// The battery's level as of 25 °C, in the channel's unit.
        case batteryLevel
        /// Seconds by which the reading's stamp is before the latest one.
        case secondsBack
        /// Seconds by which the reading's stamp is ahead of its arrival.
        case secondsAhead
        /// Readings in a row that have one stamp.
        case repeatedStamps
    }

    package var detector: HealthDetector
    package var measure: Measure
    /// Whether it is abnormal, after hysteresis: what opens and holds an alert.
    package var isAbnormal: Bool
    package var expected: ExpectedLimits
    package var seen: Double
    /// 0 as expected … 1 impossible; 0.5 and more exactly when ``isAbnormal``.
    package var score: Double
    /// The share of normal readings that look like this or worse; `nil` where the detector has no such thing.
    package var pValue: Double?
    /// When the abnormal state began; the reading's time when it is normal.
    package var since: Timestamp
    package var severity: AlertSeverity

    /// A finding; `excess` is how far off it is in units of the limit: 1 on it. The score follows: excess ÷ (1 + excess), on the
    /// side of 0.5 that `isAbnormal` says.
    package init(
        _ detector: HealthDetector,
        _ measure: Measure,
        isAbnormal: Bool,
        seen: Double,
        expected: ExpectedLimits,
        excess: Double,
        pValue: Double? = nil,
        since: Timestamp,
        severity: AlertSeverity = .warning
    ) {
        self.detector = detector
        self.measure = measure
        self.isAbnormal = isAbnormal
        self.expected = expected
        self.seen = seen.isFinite ? seen : (seen < 0 ? -.greatestFiniteMagnitude : .greatestFiniteMagnitude)
        let bounded = excess.isNaN ? 0 : min(max(excess, 0), 1_000_000)
        let score = bounded / (1 + bounded)
        self.score = isAbnormal ? max(score, 0.5) : min(score, 0.499_9)
        self.pValue = pValue
        self.since = since
        self.severity = severity
    }
}

extension HealthFinding {
    func snapshot(into state: inout StateWriter) {
        state.write(self.detector.rawValue)
        state.write(self.measure.rawValue)
        state.write(self.isAbnormal)
        self.expected.snapshot(into: &state)
        state.write(self.seen)
        state.write(self.score)
        state.write(self.pValue != nil)
        state.write(self.pValue ?? 0)
        state.write(self.since)
        state.write(self.severity.rawValue)
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.detector = try state.readCase()
        self.measure = try state.readCase()
        self.isAbnormal = try state.readBool()
        self.expected = try ExpectedLimits(restoring: &state)
        self.seen = try state.readFinite()
        self.score = try state.readScore()
        let hasP = try state.readBool()
        let pValue = try state.readScore()
        self.pValue = hasP ? pValue : nil
        self.since = try state.readTimestamp()
        self.severity = try state.readCase()
    }
}
