internal import TelemetryModel

/// A device that says nothing for longer than it ever does.
///
/// A timer, not a reading, finds it: ``advance(to:)`` at ``deadline``. Only live readings count as a sign of life: late and repeated
/// ones and backlog neither begin nor end a silence. About 200 bytes.
struct SilenceDetector: Equatable, Sendable {
    /// The limit in usual intervals.
    static let intervalFactor = 3.0
    /// The limit in gaps that one in a thousand exceeds. Twice: of 2,800 readings a day, three gaps are longer than that one.
    static let gapFactor = 2.0
    /// Gaps learned from before it counts.
    static let learningCount = 8
    /// Shortest limit, in milliseconds: below five seconds a delay of the network is no silence.
    static let limitMin = 5_000.0

    private(set) var gaps = GapHistogram()
    /// When the last live reading arrived.
    private(set) var lastAt: Timestamp?
    private(set) var isSilent = false
    /// How late readings usually are, in milliseconds.
    private var usualDelay = 0.0

    /// Longest silence that is expected, in milliseconds; `nil` while it is learned. Found anew with each reading.
    private(set) var limit: Double?

    private func learnedLimit() -> Double? {
        guard self.gaps.total >= SilenceDetector.learningCount else { return nil }
        let learned = max(
            SilenceDetector.intervalFactor * self.gaps.usual,
            SilenceDetector.gapFactor * self.gaps.size(exceededBy: 0.001)
        )
        return min(max(learned, SilenceDetector.limitMin), 1e12)
    }

    /// When ``advance(to:)`` finds a silence; `nil` when it is found, or nothing is learned yet.
    var deadline: Timestamp? {
        guard !self.isSilent, let limit = self.limit, let lastAt = self.lastAt else { return nil }
        return lastAt + .milliseconds(Int64(limit) + 1)
    }

    /// Takes in a reading that is newer than all before.
    ///
    /// One that is later than usual by more than the limit was stored somewhere: it says nothing about now.
    ///
    /// - Parameters:
    ///   - time: Its stamp.
    ///   - arrival: When it came.
    ///   - isNewClock: Whether the device's clock was set, so that nothing is known of its delay.
    /// - Returns: Whether it is a sign of life, which ends a silence.
    mutating func observe(_ time: Timestamp, arrival: Timestamp, isNewClock: Bool) -> Bool {
        let delay = Double(arrival.milliseconds) - Double(time.milliseconds)
        if self.lastAt == nil || isNewClock { self.usualDelay = delay }
        let isStored = self.limit.map { delay - self.usualDelay > $0 } ?? false
        self.usualDelay += (delay - self.usualDelay) * (isStored ? 0.01 : 0.05)
        guard !isStored else { return false }
        if let lastAt = self.lastAt {
            guard arrival >= lastAt else { return false }
            self.gaps.observe(Double(arrival.milliseconds) - Double(lastAt.milliseconds))
        }
        self.limit = self.learnedLimit()
        self.lastAt = arrival
        self.isSilent = false
        return true
    }

    /// Lets time pass.
    ///
    /// - Returns: The finding when the device is silent; `nil` while it is not, or nothing is learned yet.
    mutating func advance(to now: Timestamp) -> HealthFinding? {
        guard let limit = self.limit, let lastAt = self.lastAt else { return nil }
        let quiet = Double(now.milliseconds) - Double(lastAt.milliseconds)
        self.isSilent = quiet > limit
        guard self.isSilent else { return nil }
        return HealthFinding(
            .silence,
            .quietSeconds,
            isAbnormal: true,
            seen: quiet / 1_000,
            expected: ExpectedLimits(low: 0, high: limit / 1_000),
            excess: quiet / limit,
            pValue: self.gaps.share(atLeast: quiet),
            since: lastAt,
            severity: .critical
        )
    }

    func snapshot(into state: inout StateWriter) {
        self.gaps.snapshot(into: &state)
        state.write(self.lastAt)
        state.write(self.isSilent)
        state.write(self.usualDelay)
    }
}

extension SilenceDetector {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.gaps = try GapHistogram(restoring: &state)
        self.limit = self.learnedLimit()
        self.lastAt = try state.readOptionalTimestamp()
        self.isSilent = try state.readBool()
        self.usualDelay = try state.readFinite()
    }
}
