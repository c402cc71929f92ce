internal import TelemetryModel

/// All detectors of one channel of one device, and their one alert: an event that several of them see is one event.
struct ChannelHealth: Equatable, Sendable {
    /// The first reading's interval is not known; a minute stands in, in milliseconds.
    private static let intervalDefault = 60_000.0

    /// The channel's place in the model.
    let place: Int
    private(set) var last: AlertSample?
    private(set) var alert = TrackedAlert()
    private(set) var findings = HealthFindings()
    private var usualInterval = 0.0
    private var resolution = 0.0
    private var recent = RecentSamples()
    private var outOfRange = OutOfRangeDetector()
    /// What a channel that is no battery is judged by.
    private var learned: LearnedDetectors?
    private var battery: BatteryDetector?

    init(_ place: Int, _ model: ChannelModel) {
        self.place = place
        if model.kind.isBattery { self.battery = BatteryDetector() } else { self.learned = LearnedDetectors() }
    }

    /// What a reading is judged with besides itself.
    struct Context {
        var model: ChannelModel
        /// The median of the group's others; `nil` when there are too few.
        var peers: Double?
        /// The device's temperature now, for its battery.
        var temperature: Double?
        /// What temperature and humidity say together, when the channel is one of them.
        var climate: HealthFinding?
        var position: RecordPosition
        var arrival: Timestamp
    }

    /// Judges a finite reading that is newer than the one before.
    mutating func observe(_ value: Double, at time: Timestamp, _ context: Context) -> AlertAction {
        let reading = self.reading(value, at: time, context.model)
        let sample = AlertSample(time: time, value: value)
        self.recent.append(sample)
        var findings = HealthFindings()
        findings.add(self.outOfRange.observe(value, at: time, model: context.model))
        findings.add(self.battery?.observe(value, temperature: context.temperature, at: time, model: context.model))
        findings.add(context.climate)
        self.learned?.observe(reading, context, into: &findings)
        self.findings = findings
        self.last = sample
        return self.alert.observe(
            findings,
            sample: sample,
            recent: self.recent,
            position: context.position,
            at: context.arrival,
            policy: self.policy
        )
    }

    /// Lets time pass for the alert; what is taken as normal is learned anew.
    mutating func advance(to now: Timestamp) -> AlertAction {
        let action = self.alert.advance(to: now, policy: self.policy)
        if action == .cleared(.newNormal) { self.learned?.relearn() }
        return action
    }

    mutating func apply(_ action: OperatorAction, at time: Timestamp) -> AlertAction {
        self.alert.apply(action, at: time)
    }

    /// Whether time alone can change something.
    var isWaiting: Bool { self.alert.life.isWaiting }

    var deadline: Timestamp? { self.alert.life.deadline(policy: self.policy) }

    /// Limits stay limits; the rest may become normal.
    private var policy: AlertPolicy {
        var policy = AlertPolicy.learned
        if self.battery != nil || self.findings.contains(.outOfRange) { policy.ageRule = .remind }
        return policy
    }

    private mutating func reading(_ value: Double, at time: Timestamp, _ model: ChannelModel) -> SampleReading {
        guard let last = self.last, time > last.time else {
            return SampleReading(
                value: value,
                previous: nil,
                time: time,
                interval: ChannelHealth.intervalDefault,
                usualInterval: ChannelHealth.intervalDefault,
                resolution: self.resolution,
                mayLearn: true,
                significance: model.kind.significance
            )
        }
        let interval = max(Double(time.milliseconds) - Double(last.time.milliseconds), 1)
        if self.usualInterval == 0 {
            self.usualInterval = interval
        } else {
            self.usualInterval =
                interval > self.usualInterval
                ? min(self.usualInterval * 1.05, interval) : max(self.usualInterval / 1.05, interval)
        }
        let step = abs(value - last.value)
        // Less than a billionth of the value is the rounding of a computation.
        if step > abs(value) * 1e-9, self.resolution == 0 || step < self.resolution { self.resolution = step }
        return SampleReading(
            value: value,
            previous: last.value,
            time: time,
            interval: interval,
            usualInterval: self.usualInterval,
            resolution: self.resolution,
            mayLearn: !self.findings.isAbnormal && self.alert.life.open == nil,
            significance: model.kind.significance
        )
    }

    func snapshot(into state: inout StateWriter) {
        AlertSample.write(self.last.map { [$0] } ?? [], to: &state)
        self.alert.snapshot(into: &state)
        self.findings.snapshot(into: &state)
        state.write(self.usualInterval)
        state.write(self.resolution)
        self.recent.snapshot(into: &state)
        self.outOfRange.snapshot(into: &state)
        state.write(self.battery != nil)
        self.battery?.snapshot(into: &state)
        self.learned?.snapshot(into: &state)
    }
}

extension ChannelHealth {
    init(_ place: Int, restoring state: inout StateReader) throws(StateReader.Fault) {
        self.place = place
        self.last = try AlertSample.read(atMost: 1, from: &state).first
        self.alert = try TrackedAlert(restoring: &state)
        self.findings = try HealthFindings(restoring: &state)
        self.usualInterval = try state.readSize()
        self.resolution = try state.readSize()
        self.recent = try RecentSamples(restoring: &state)
        self.outOfRange = try OutOfRangeDetector(restoring: &state)
        if try state.readBool() {
            self.battery = try BatteryDetector(restoring: &state)
        } else {
            self.learned = try LearnedDetectors(restoring: &state)
        }
    }
}
