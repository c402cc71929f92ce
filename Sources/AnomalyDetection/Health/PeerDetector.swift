internal import TelemetryModel

/// A reading that differs from those of the device's peers otherwise than it used to.
///
/// What is judged is the difference from the median of the others, less the difference that is usual, in units of how far that
/// difference usually gets. Three of the last four readings beyond ``factor`` open it. Its hours go to a ``DriftDetector``. About
/// 190 bytes.
struct PeerDetector: Equatable, Sendable {
    /// The limit in usual reaches. Three: rooms differ, and the sun comes to one window first.
    static let factor = 3.0
    /// Readings beyond it, of the last four.
    static let openCount = 3
    /// Hours learned from before it counts.
    static let learningHours = 12
    /// Hours over which the usual difference is taken: ten days, long against a drift that is to be seen.
    static let centreHoursMax = 240

    private var centre = 0.0
    private var hours = 0
    private var hour = HourlyMean()
    private var reach = UsualReach()
    private var outside: UInt8 = 0
    private var drift = DriftDetector(.driftFromPeers)
    private(set) var since: Timestamp?

    /// Judges a reading against the median of the peers.
    mutating func observe(_ reading: SampleReading, median: Double) -> (peers: HealthFinding, drift: HealthFinding?)? {
        let difference = min(max(reading.value - median, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
        let isLearned = self.hours >= PeerDetector.learningHours
        let reach = max(self.reach.size, reading.significance, 2 * reading.resolution)
        let distance = abs(difference - self.centre)
        let limit = PeerDetector.factor * reach
        self.outside = (self.outside << 1 | (isLearned && distance > limit ? 1 : 0)) & 0b1111
        if self.since == nil, self.outside.nonzeroBitCount >= PeerDetector.openCount { self.since = reading.time }
        if self.outside == 0 { self.since = nil }
        if isLearned {
            // One wild reading must not make an hour's mean.
            let bounded = min(max(difference - self.centre, -limit), limit)
            self.drift.observe(bounded, reach: reach, at: reading.time)
        }
        if distance <= limit || !isLearned { self.learn(difference, distance: distance, at: reading.time) }
        guard isLearned, limit > 0 else { return nil }
        let finding = HealthFinding(
            .peers,
            .differenceFromPeers,
            isAbnormal: self.since != nil,
            seen: difference,
            expected: ExpectedLimits(low: self.centre - limit, high: self.centre + limit),
            excess: distance / limit,
            since: self.since ?? reading.time
        )
        return (finding, self.drift.finding(at: reading.time))
    }

    private mutating func learn(_ difference: Double, distance: Double, at time: Timestamp) {
        // Before the first hour has ended there is no centre to be far from.
        let reached = self.hours > 0 ? distance : 0
        guard let ended = self.hour.observe(difference, distance: reached, at: time) else { return }
        if self.hours > 0 { self.reach.observe(ended.distanceMax) }
        // A drift that is found is not followed.
        guard self.drift.since == nil else { return }
        self.hours += self.hours < 1_000_000 ? 1 : 0
        let share = 1 / Double(min(self.hours, PeerDetector.centreHoursMax))
        self.centre = self.centre * (1 - share) + ended.mean * share
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.centre)
        state.write(self.hours)
        self.hour.snapshot(into: &state)
        self.reach.snapshot(into: &state)
        state.write(Int(self.outside))
        self.drift.snapshot(into: &state)
        state.write(self.since)
    }
}

extension PeerDetector {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.centre = try state.readFinite()
        self.hours = try state.readTally(atMost: 1_000_000)
        self.hour = try HourlyMean(restoring: &state)
        self.reach = try UsualReach(restoring: &state)
        self.outside = UInt8(try state.readTally(atMost: 15))
        self.drift = try DriftDetector(.driftFromPeers, restoring: &state)
        self.since = try state.readOptionalTimestamp()
    }
}
