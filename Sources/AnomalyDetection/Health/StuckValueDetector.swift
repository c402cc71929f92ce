internal import TelemetryModel

/// A reading that stays exactly the same for longer than it ever did.
///
/// The limit is ``factor`` times the longest normal run, which is forgotten slowly, and at least ``runMin`` readings and
/// ``spanMin``. A sensor with coarse steps has long runs and so a high limit; a channel that never moved has none at all, since a
/// constant may be its nature. When peers are known, it counts only if they moved meanwhile. About 60 bytes.
struct StuckValueDetector: Equatable, Sendable {
    /// Equal readings as a multiple of the longest normal run. Three: the longest of many runs is seldom doubled.
    static let factor = 3.0
    /// Fewest equal readings. 30, and the ten minutes of the sensors contract (section 1, rule 9).
    static let runMin = 30
    /// Shortest time, in milliseconds.
    static let spanMin = 600_000.0
    /// Normal runs learned from before it counts: the longest of fewer says little.
    static let learningRuns = 20
    /// What the longest run loses with each run that is shorter. Half of it is gone after 1,400 runs.
    static let forgetting = 0.999_5
    /// How far peers must have moved to prove that it is stuck, in resolutions of the channel.
    static let peerTravelMin = 8.0

    private var run = 1
    private var runStart: Timestamp?
    private var longest = 1.0
    private var runs = 0
    /// Readings that differed from the one before, as a share: slowly forgotten.
    private var changeShare = 0.5
    /// The share of readings after which a run would be as long as this one.
    private var chance = 1.0
    private var peersAtStart: Double?
    private var peerTravel = 0.0

    mutating func observe(_ reading: SampleReading, peers: Double?) -> HealthFinding? {
        guard let previous = reading.previous, let start = self.runStart else {
            self.begin(reading, peers)
            return nil
        }
        guard reading.value == previous else {
            self.end(wasAbnormal: self.isAbnormal(reading, start, peers))
            self.begin(reading, peers)
            return self.finding(reading, since: reading.time, isAbnormal: false)
        }
        self.run += 1
        self.chance *= min(max(1 - self.changeShare, 0), 0.999_999)
        if self.peersAtStart == nil { self.peersAtStart = peers }
        if let peers, let first = self.peersAtStart { self.peerTravel = max(self.peerTravel, abs(peers - first)) }
        return self.finding(reading, since: start, isAbnormal: self.isAbnormal(reading, start, peers))
    }

    /// Learns anew: what it called abnormal is normal.
    mutating func relearn() {
        self.longest = max(self.longest, Double(self.run))
    }

    /// The longest run that is expected, in readings.
    private var limit: Double {
        max(Double(StuckValueDetector.runMin), StuckValueDetector.factor * self.longest)
    }

    private func isAbnormal(_ reading: SampleReading, _ start: Timestamp, _ peers: Double?) -> Bool {
        guard self.runs >= StuckValueDetector.learningRuns, Double(self.run) > self.limit,
            Double(reading.time.milliseconds) - Double(start.milliseconds) > StuckValueDetector.spanMin
        else { return false }
        guard peers != nil, self.peersAtStart != nil else { return true }
        return self.peerTravel >= StuckValueDetector.peerTravelMin * reading.resolution
    }

    private mutating func begin(_ reading: SampleReading, _ peers: Double?) {
        self.run = 1
        self.chance = 1
        self.runStart = reading.time
        self.peersAtStart = peers
        self.peerTravel = 0
    }

    private mutating func end(wasAbnormal: Bool) {
        let changed = 1 / Double(self.run)
        self.changeShare += (changed - self.changeShare) * 0.01
        guard !wasAbnormal else { return }
        self.runs += self.runs < StuckValueDetector.learningRuns ? 1 : 0
        self.longest = max(Double(self.run), self.longest * StuckValueDetector.forgetting)
    }

    private func finding(_ reading: SampleReading, since: Timestamp, isAbnormal: Bool) -> HealthFinding? {
        guard self.runs >= StuckValueDetector.learningRuns else { return nil }
        return HealthFinding(
            .stuckValue,
            .equalReadings,
            isAbnormal: isAbnormal,
            seen: Double(self.run),
            expected: ExpectedLimits(low: 1, high: self.limit.rounded()),
            excess: Double(self.run) / self.limit,
            pValue: self.chance,
            since: since
        )
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.run)
        state.write(self.runStart)
        state.write(self.longest)
        state.write(self.runs)
        state.write(self.changeShare)
        state.write(self.chance)
        state.write(self.peersAtStart != nil)
        state.write(self.peersAtStart ?? 0)
        state.write(self.peerTravel)
    }
}

extension StuckValueDetector {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.run = max(try state.readTally(), 1)
        self.runStart = try state.readOptionalTimestamp()
        self.longest = try state.readSize()
        self.runs = try state.readTally(atMost: StuckValueDetector.learningRuns)
        self.changeShare = try state.readScore()
        self.chance = try state.readScore()
        let hasPeers = try state.readBool()
        let peers = try state.readFinite()
        self.peersAtStart = hasPeers ? peers : nil
        self.peerTravel = try state.readSize()
    }
}
