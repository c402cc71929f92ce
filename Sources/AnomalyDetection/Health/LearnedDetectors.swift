internal import TelemetryModel

/// The detectors that judge a channel by what it used to do, and by its peers. About 1 KiB.
struct LearnedDetectors: Equatable, Sendable {
    private var rate = RateDetector()
    private var stuck = StuckValueDetector()
    private var noise = NoiseBurstDetector()
    private var baseline = SeasonalBaseline()
    private var days = LongRange()
    private var level = LevelShiftDetector()
    private var drift = DriftDetector(.driftFromUsual)
    /// Made when the first median of peers comes.
    private var peers: PeerDetector?

    mutating func observe(
        _ reading: SampleReading,
        _ context: ChannelHealth.Context,
        into findings: inout HealthFindings
    ) {
        if context.model.kind.isSteady {
            findings.add(self.rate.observe(reading, model: context.model))
            findings.add(self.stuck.observe(reading, peers: context.peers))
            findings.add(self.noise.observe(reading))
        }
        let level = self.level.observe(reading, baseline: self.baseline, days: self.days.band)
        findings.add(level)
        self.judgePeers(reading, context.peers, into: &findings)
        // A reading that something is wrong with, and the climb of a level that has moved, are no part of a drift.
        if !findings.isAbnormal, self.baseline.isLearned, let usual = self.baseline.expected(at: reading.time) {
            let reach = max(self.baseline.reach.size, reading.significance, 2 * reading.resolution)
            self.drift.observe(reading.value - usual, reach: reach, at: reading.time)
        }
        findings.add(self.drift.finding(at: reading.time))
        if !findings.isAbnormal, reading.mayLearn {
            self.baseline.learn(reading.value, at: reading.time)
            self.days.observe(reading.value, at: reading.time)
        }
    }

    private mutating func judgePeers(_ reading: SampleReading, _ median: Double?, into findings: inout HealthFindings) {
        guard let median else { return }
        var detector = self.peers ?? PeerDetector()
        self.peers = nil
        if let (peers, drift) = detector.observe(reading, median: median) {
            findings.add(peers)
            findings.add(drift)
        }
        self.peers = detector
    }

    /// Learns anew: what it called abnormal is normal.
    mutating func relearn() {
        self.rate.relearn()
        self.stuck.relearn()
        self.noise.relearn()
        self.baseline = SeasonalBaseline()
        self.days = LongRange()
        self.level = LevelShiftDetector()
        self.drift = DriftDetector(.driftFromUsual)
        self.peers = nil
    }

    func snapshot(into state: inout StateWriter) {
        self.rate.snapshot(into: &state)
        self.stuck.snapshot(into: &state)
        self.noise.snapshot(into: &state)
        self.baseline.snapshot(into: &state)
        self.days.write(to: &state)
        self.level.snapshot(into: &state)
        self.drift.snapshot(into: &state)
        state.write(self.peers != nil)
        self.peers?.snapshot(into: &state)
    }
}

extension LearnedDetectors {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.rate = try RateDetector(restoring: &state)
        self.stuck = try StuckValueDetector(restoring: &state)
        self.noise = try NoiseBurstDetector(restoring: &state)
        self.baseline = try SeasonalBaseline(restoring: &state)
        self.days = try LongRange(reading: &state)
        self.level = try LevelShiftDetector(restoring: &state)
        self.drift = try DriftDetector(.driftFromUsual, restoring: &state)
        self.peers = try state.readBool() ? try PeerDetector(restoring: &state) : nil
    }
}
