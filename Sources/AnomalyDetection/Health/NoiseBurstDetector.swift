internal import TelemetryModel

/// Readings that go back and forth much more than the channel ever did, as from a loose contact.
///
/// Only steps whose direction is the opposite of the one before count, with the smaller of the two sizes: a ramp and a jump are no
/// noise. Their mean over about eight readings is compared to
/// the size that comes once in ``RateDetector/rarity``, neighbouring means being nearly the same one. 64 bytes.
struct NoiseBurstDetector: Equatable, Sendable {
    /// The limit in units of that size: room for what the first days have not shown.
    static let margin = 1.25
    /// The heaviest tail of means, as the ratio of what one in a hundred and one in ten exceed: means are tamer than steps.
    static let ratioMax = 2.5
    /// One reading's weight in the mean.
    static let weight = 0.125
    /// Readings learned from before it counts.
    static let learningCount = 64
    /// Most that one reading may count, in limits: one spike alone (a quarter of the limit, then) is no burst.
    static let shareMax = 2.0

    private var lastStep = 0.0
    private var mean = 0.0
    private var tail = ChangeTail()
    private(set) var since: Timestamp?

    mutating func observe(_ reading: SampleReading) -> HealthFinding? {
        guard reading.previous != nil else {
            self.lastStep = 0
            return nil
        }
        let step = reading.step
        let isReversal = (step > 0 && self.lastStep < 0) || (step < 0 && self.lastStep > 0)
        let size = isReversal ? min(abs(step), abs(self.lastStep)) : 0
        if step != 0 { self.lastStep = step }
        let limit = self.limit(reading)
        let isLearned = self.tail.count >= NoiseBurstDetector.learningCount
        let counted = isLearned ? min(size, limit * NoiseBurstDetector.shareMax) : size
        self.mean += (counted - self.mean) * NoiseBurstDetector.weight
        let isAbnormal = isLearned && (self.mean > limit || (self.since != nil && self.mean > limit / 2))
        if reading.mayLearn, !isAbnormal { self.tail.observe(self.mean, floor: reading.resolution / 8) }
        self.since = isAbnormal ? self.since ?? reading.time : nil
        guard isLearned, limit > 0 else { return nil }
        return HealthFinding(
            .noiseBurst,
            .backAndForth,
            isAbnormal: isAbnormal,
            seen: self.mean,
            expected: ExpectedLimits(low: 0, high: limit),
            excess: self.mean / limit,
            pValue: self.tail.share(above: self.mean),
            since: self.since ?? reading.time
        )
    }

    /// Learns anew: what it called abnormal is normal.
    mutating func relearn() {
        self = NoiseBurstDetector()
    }

    private func limit(_ reading: SampleReading) -> Double {
        let rare = RateDetector.rarity / reading.usualInterval * NoiseBurstDetector.weight
        let size = self.tail.size(oncePer: rare, ratioMax: NoiseBurstDetector.ratioMax)
        return max(NoiseBurstDetector.margin * size, reading.significance / 10, 2 * reading.resolution)
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.lastStep)
        state.write(self.mean)
        self.tail.snapshot(into: &state)
        state.write(self.since)
    }
}

extension NoiseBurstDetector {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.lastStep = try state.readFinite()
        self.mean = try state.readSize()
        self.tail = try ChangeTail(restoring: &state)
        self.since = try state.readOptionalTimestamp()
    }
}
