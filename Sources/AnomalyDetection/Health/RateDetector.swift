internal import TelemetryModel

/// Readings that change faster than the channel ever does: from one to the next, and over five minutes.
///
/// Without a limit from the model, the limit is the change that comes once in ``rarity``, from the channel's own changes
/// (``ChangeTail``), and never less than what is worth an alert. A change over a longer interval than usual may be larger by
/// the square root of the ratio, as in a random walk. A reading near the last normal one is back from a spike. About 200 bytes.
struct RateDetector: Equatable, Sendable {
    /// How rare a change must be, in milliseconds: once in four days, however often the channel is read.
    static let rarity = 4 * 86_400_000.0
    /// The learned limit in units of that size: room for what the first days have not shown.
    static let margin = 1.5
    /// The heaviest tail of changes, as the ratio of what one in a hundred and one in ten exceed: of rooms with windows, 4 to 5.
    static let ratioMax = 5.0
    /// Changes learned from before a learned limit counts.
    static let learningCount = 40
    /// The longer span, in milliseconds.
    static let span = 300_000.0
    /// Longest interval that is judged, in milliseconds: after an hour anything may be true.
    static let intervalMax = 3_600_000.0
    /// A reading so many usual intervals after the last normal one may be back from a spike.
    static let returnIntervals = 10.0

    private var steps = ChangeTail()
    private var changes = ChangeTail()
    /// Readings a quarter of ``span`` apart, oldest first; at most five.
    private var anchors: [AlertSample] = []
    private var lastNormal: AlertSample?
    private(set) var since: Timestamp?

    mutating func observe(_ reading: SampleReading, model: ChannelModel) -> HealthFinding? {
        guard reading.previous != nil, reading.interval <= RateDetector.intervalMax else {
            self.anchors.removeAll(keepingCapacity: true)
            self.keep(reading)
            self.since = nil
            return nil
        }
        let step = self.judgeStep(reading, model)
        let change = self.judgeChange(reading, model)
        if step?.isAbnormal != true, change?.isAbnormal != true { self.keep(reading) }
        guard var worst = step ?? change else { return nil }
        if let change, change.score > worst.score { worst = change }
        self.since = worst.isAbnormal ? self.since ?? reading.time : nil
        worst.since = self.since ?? reading.time
        return worst
    }

    /// Learns anew: what it called abnormal is normal.
    mutating func relearn() {
        self = RateDetector()
    }

    private mutating func judgeStep(_ reading: SampleReading, _ model: ChannelModel) -> HealthFinding? {
        let slack = max(1, reading.interval / reading.usualInterval).squareRoot()
        var step = reading.step
        if let normal = self.lastNormal,
            RateDetector.age(normal, reading) <= RateDetector.returnIntervals * reading.usualInterval
        {
            let change = reading.value - normal.value
            if abs(change) < abs(step) { step = change }
        }
        let given = model.rateMax.map { $0 * reading.interval / 60_000 / slack }
        return RateDetector.judge(.step, step, slack: slack, &self.steps, reading, given: given)
    }

    private mutating func judgeChange(_ reading: SampleReading, _ model: ChannelModel) -> HealthFinding? {
        // The anchor nearest to five minutes ago; series slower than half of it have their steps only.
        guard reading.usualInterval <= RateDetector.span / 2,
            let anchor = self.anchors.first(where: { RateDetector.age($0, reading) <= RateDetector.span * 1.3 }),
            RateDetector.age(anchor, reading) >= RateDetector.span * 0.7
        else { return nil }
        let given = model.rateMax.map { $0 * RateDetector.age(anchor, reading) / 60_000 }
        let change = reading.value - anchor.value
        return RateDetector.judge(.fiveMinuteChange, change, slack: 1, &self.changes, reading, given: given)
    }

    private static func judge(
        _ measure: HealthFinding.Measure,
        _ change: Double,
        slack: Double,
        _ tail: inout ChangeTail,
        _ reading: SampleReading,
        given: Double?
    ) -> HealthFinding? {
        let size = abs(change) / slack
        // Overlapping changes repeat each other: five times as many make as much experience.
        let learning = measure == .step ? RateDetector.learningCount : RateDetector.learningCount * 5
        var limit = given
        if limit == nil, tail.count >= learning {
            let rare = RateDetector.rarity / reading.usualInterval
            let learned = tail.size(oncePer: rare, ratioMax: RateDetector.ratioMax)
            limit = max(RateDetector.margin * learned, reading.significance, 4 * reading.resolution)
        }
        let share = tail.share(above: size)
        guard let limit, limit > 0 else {
            if reading.mayLearn { tail.observe(size, floor: reading.resolution) }
            return nil
        }
        let isAbnormal = size > limit
        if reading.mayLearn, !isAbnormal { tail.observe(size, floor: reading.resolution) }
        return HealthFinding(
            .rateOfChange,
            measure,
            isAbnormal: isAbnormal,
            seen: change,
            expected: ExpectedLimits(low: -limit * slack, high: limit * slack),
            excess: size / limit,
            pValue: given == nil ? share : nil,
            since: reading.time
        )
    }

    private mutating func keep(_ reading: SampleReading) {
        self.lastNormal = AlertSample(time: reading.time, value: reading.value)
        if let last = self.anchors.last, RateDetector.age(last, reading) < RateDetector.span / 4 { return }
        if self.anchors.count == 5 { self.anchors.removeFirst() }
        self.anchors.append(AlertSample(time: reading.time, value: reading.value))
    }

    private static func age(_ anchor: AlertSample, _ reading: SampleReading) -> Double {
        Double(reading.time.milliseconds) - Double(anchor.time.milliseconds)
    }

    func snapshot(into state: inout StateWriter) {
        self.steps.snapshot(into: &state)
        self.changes.snapshot(into: &state)
        AlertSample.write(self.anchors, to: &state)
        AlertSample.write(self.lastNormal.map { [$0] } ?? [], to: &state)
        state.write(self.since)
    }
}

extension RateDetector {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.steps = try ChangeTail(restoring: &state)
        self.changes = try ChangeTail(restoring: &state)
        self.anchors = try AlertSample.read(atMost: 5, from: &state)
        self.lastNormal = try AlertSample.read(atMost: 1, from: &state).first
        self.since = try state.readOptionalTimestamp()
    }
}
