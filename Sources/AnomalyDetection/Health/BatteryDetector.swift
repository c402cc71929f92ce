internal import TelemetryModel

/// A battery that will be empty within days: its level as of 25 °C, how fast that falls, and the days that are left.
///
/// Cold lowers a voltage: how much per degree is learned from one hour to the next. Without a limit from the model, a voltage's limit
/// is 88 % of the best level seen (2.4 V for two alkaline cells, 3.7 V for one of lithium), a charge's 15 %. About 230 bytes.
struct BatteryDetector: Equatable, Sendable {
    /// Days left that open it. A week: somebody has to go there.
    static let daysMin = 7.0
    /// Days left that end it: another battery, or sun.
    static let daysClear = 10.0
    /// Days left below which it is critical.
    static let daysCritical = 2.0
    /// Hours learned from before days are told: the line through fewer is the weather's.
    static let learningHours = 48
    /// How sure of its fall it must be, in standard errors. Four: neighbouring hours are alike, so errors are larger than they look.
    static let certaintyMin = 4.0
    /// The default limit of a voltage, as a share of the best level.
    static let limitShare = 0.88
    /// The default limit of a charge, %.
    static let chargeLimit = 15.0
    /// A level above the trend by this share is another battery, or a charger.
    static let freshShare = 0.06

    private var hour = HourlyMean()
    private var temperatureHour = HourlyMean()
    private var lastNumber: Int64?
    private var lastLevel = 0.0
    private var lastTemperature: Double?
    /// Sums of ΔV·ΔT and ΔT², half forgotten after a week.
    private var product = 0.0
    private var square = 0.0
    private var best = 0.0
    private var trend = BatteryTrend()
    private var daysLeft = Double.greatestFiniteMagnitude
    private(set) var since: Timestamp?

    /// The change of the voltage per °C; 0 until degrees have been seen. At most 1 % of the level.
    private var perDegree: Double {
        guard self.square > 20 else { return 0 }
        return min(max(self.product / self.square, 0), abs(self.best) * 0.01)
    }

    /// Takes a reading of the level; `temperature` is the device's own at that time, when it has one.
    mutating func observe(
        _ value: Double,
        temperature: Double?,
        at time: Timestamp,
        model: ChannelModel
    ) -> HealthFinding? {
        var temperatureMean: Double?
        if let temperature {
            temperatureMean = self.temperatureHour.observe(temperature, distance: 0, at: time)?.mean
        }
        if let ended = self.hour.observe(value, distance: 0, at: time) {
            self.fold(ended, temperature: temperatureMean, model)
            self.judge(at: time, model)
        }
        return self.finding(at: time, model)
    }

    private mutating func fold(_ ended: HourlyMean.Hour, temperature: Double?, _ model: ChannelModel) {
        // What no battery has: the sums stay finite.
        let mean = min(max(ended.mean, -1e6), 1e6)
        let temperature = temperature.map { min(max($0, -40), 85) }
        if let before = self.lastTemperature, let temperature, model.kind == .batteryVoltage {
            let change = temperature - before
            self.product = self.product * 0.996 + (mean - self.lastLevel) * change
            self.square = self.square * 0.996 + change * change
        }
        (self.lastLevel, self.lastTemperature) = (mean, temperature)
        let degrees = temperature.map { $0 - 25 } ?? 0
        let level = model.kind == .batteryVoltage ? mean - self.perDegree * degrees : mean
        if let line = self.trend.line, level > line.level + abs(line.level) * BatteryDetector.freshShare {
            self.trend = BatteryTrend()
            self.best = 0
        }
        self.best = max(self.best, level)
        let (step, overflows) = ended.number.subtractingReportingOverflow(self.lastNumber ?? (ended.number - 1))
        self.trend.observe(level, step: overflows ? 1 : Double(step))
        self.lastNumber = ended.number
    }

    private mutating func judge(at time: Timestamp, _ model: ChannelModel) {
        guard self.trend.hours >= BatteryDetector.learningHours, let line = self.trend.line else { return }
        let limit = self.limit(model)
        let isFalling = line.slope < 0 && line.certainty <= -BatteryDetector.certaintyMin
        if line.level <= limit {
            self.daysLeft = 0
        } else {
            self.daysLeft = isFalling ? min((line.level - limit) / -line.slope / 24, 1e6) : 1e6
        }
        if self.daysLeft < BatteryDetector.daysMin {
            self.since = self.since ?? time
        } else if self.daysLeft > BatteryDetector.daysClear {
            self.since = nil
        }
    }

    private func limit(_ model: ChannelModel) -> Double {
        if let limit = model.batteryLimit { return limit }
        return model.kind == .batteryCharge ? BatteryDetector.chargeLimit : self.best * BatteryDetector.limitShare
    }

    private func finding(at time: Timestamp, _ model: ChannelModel) -> HealthFinding? {
        guard self.daysLeft <= 1e6 else { return nil }
        if self.daysLeft == 0, let line = self.trend.line {
            let limit = self.limit(model)
            return HealthFinding(
                .battery,
                .batteryLevel,
                isAbnormal: self.since != nil,
                seen: line.level,
                expected: ExpectedLimits(low: limit),
                excess: 10,
                since: self.since ?? time,
                severity: .critical
            )
        }
        return HealthFinding(
            .battery,
            .batteryDays,
            isAbnormal: self.since != nil,
            seen: self.daysLeft,
            expected: ExpectedLimits(low: BatteryDetector.daysMin),
            excess: BatteryDetector.daysMin / max(self.daysLeft, 0.01),
            since: self.since ?? time,
            severity: self.daysLeft < BatteryDetector.daysCritical ? .critical : .warning
        )
    }

    func snapshot(into state: inout StateWriter) {
        self.hour.snapshot(into: &state)
        self.temperatureHour.snapshot(into: &state)
        state.write(self.lastNumber != nil)
        state.write(self.lastNumber ?? 0)
        state.write(self.lastLevel)
        state.write(self.lastTemperature != nil)
        state.write(self.lastTemperature ?? 0)
        state.write(self.product)
        state.write(self.square)
        state.write(self.best)
        self.trend.snapshot(into: &state)
        state.write(self.daysLeft)
        state.write(self.since)
    }
}

extension BatteryDetector {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.hour = try HourlyMean(restoring: &state)
        self.temperatureHour = try HourlyMean(restoring: &state)
        let hasNumber = try state.readBool()
        let number = try state.readInt64()
        self.lastNumber = hasNumber ? number : nil
        self.lastLevel = try state.readFinite()
        let hasTemperature = try state.readBool()
        let temperature = try state.readFinite()
        self.lastTemperature = hasTemperature ? temperature : nil
        self.product = try state.readFinite()
        self.square = try state.readSize()
        self.best = try state.readFinite()
        self.trend = try BatteryTrend(restoring: &state)
        self.daysLeft = try state.readSize()
        self.since = try state.readOptionalTimestamp()
    }
}
