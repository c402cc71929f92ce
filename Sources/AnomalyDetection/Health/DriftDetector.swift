internal import TelemetryModel

/// A channel that creeps away over hours and days: from its own past, or from its peers.
///
/// ``PageHinkley`` on the mean distance of each hour, in units of the reach that is usual. 100 bytes.
struct DriftDetector: Equatable, Sendable {
    private let measure: HealthFinding.Measure
    private var test = PageHinkley()
    private var hour = HourlyMean()
    /// The latest hour's mean distance, in the channel's unit.
    private var distance = 0.0
    private var reach = 0.0
    private(set) var since: Timestamp?

    /// A detector of drift from its own past (`driftFromUsual`) or from its peers (`driftFromPeers`).
    init(_ measure: HealthFinding.Measure) {
        self.measure = measure
    }

    /// Takes a reading's distance from what is usual, and judges the hour before when another one begins.
    ///
    /// - Parameters:
    ///   - distance: In the channel's unit; finite.
    ///   - reach: How far it usually gets; above 0.
    ///   - time: The reading's.
    mutating func observe(_ distance: Double, reach: Double, at time: Timestamp) {
        guard reach > 0, let ended = self.hour.observe(distance, distance: 0, at: time) else { return }
        self.test.observe(ended.mean / reach)
        self.distance = ended.mean
        self.reach = reach
        self.since = self.test.isAbnormal ? self.since ?? time : nil
    }

    /// What the hours so far say at a reading; `nil` before the first.
    func finding(at time: Timestamp) -> HealthFinding? {
        guard self.reach > 0 else { return nil }
        return HealthFinding(
            .slowDrift,
            self.measure,
            isAbnormal: self.test.isAbnormal,
            seen: self.distance,
            expected: ExpectedLimits(
                low: -PageHinkley.allowance * self.reach,
                high: PageHinkley.allowance * self.reach
            ),
            excess: self.test.sum / PageHinkley.threshold,
            since: self.since ?? time
        )
    }

    func snapshot(into state: inout StateWriter) {
        self.test.snapshot(into: &state)
        self.hour.snapshot(into: &state)
        state.write(self.distance)
        state.write(self.reach)
        state.write(self.since)
    }

    init(_ measure: HealthFinding.Measure, restoring state: inout StateReader) throws(StateReader.Fault) {
        self.measure = measure
        self.test = try PageHinkley(restoring: &state)
        self.hour = try HourlyMean(restoring: &state)
        self.distance = try state.readFinite()
        self.reach = try state.readSize()
        self.since = try state.readOptionalTimestamp()
    }
}
