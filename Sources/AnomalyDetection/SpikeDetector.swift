package import TelemetryModel

/// Finds values that leave the range a series has kept to lately: one pass, bounded state, no tuning per series.
///
/// The expected band is the median of the last 64 normal values ± `bandFactor` learned deviations. The deviation is the largest
/// of three, each in units of a Gaussian's σ:
/// - the spread of those values (their 10 % to 90 % range), what the series does now;
/// - the size that 1 % of the distances from the median exceed, forgotten slowly, what it does at its liveliest;
/// - the resolution, the smallest step between two values ever seen, so that a quantised constant is not infinitely quiet.
///
/// A second, wide band is the range the series kept to for days (``LongRange``): a sensor that drifts away slowly carries its
/// recent values with it. The band from which a value is farther out is the one that counts.
///
/// Values of an event are not learned from; one that stays for `relearnCount` values starts the learning anew.
/// About 1.5 KiB per series; about 0.1 µs per value.
package struct SpikeDetector: Equatable, Sendable {
    package private(set) var history = ValueHistory()
    package private(set) var latch = AlertLatch()
    package private(set) var range = LongRange()
    private var tail = TailQuantile()
    /// The smallest non-zero step between two normal values; 0 until there was one.
    private var resolution = 0.0
    /// Width added to the band by alerts, as a share of it.
    private var reluctance = 0.0

    package init() {}

    /// Judges the next value of the series and learns from it.
    ///
    /// - Parameters:
    ///   - value: A finite number; the caller drops others.
    ///   - time: Its instant, kept to say later which samples an expectation came from.
    ///   - origin: What an alert that opens now is known by.
    ///   - settings: The same for every call.
    /// - Returns: The verdict, and what happens to the series' alert.
    package mutating func observe(
        _ value: Double,
        at time: Timestamp,
        origin: AlertOrigin,
        settings: SpikeSettings
    ) -> SpikeVerdict {
        precondition(value.isFinite, "a detector was given a value that is not finite")
        guard self.history.count >= settings.warmUpCount else {
            self.learn(value, at: time)
            return SpikeVerdict(expected: nil, score: 0, action: .learn)
        }
        self.reluctance *= SpikeDetector.decay(halfLife: settings.reluctanceHalfLife)
        let before = self.latch.open
        let band = before?.band ?? self.band(for: value, settings)
        let action = self.latch.observe(
            value,
            at: time,
            band: band,
            origin: origin,
            settings: settings
        )
        var verdict = SpikeVerdict(expected: band, score: band.score(of: value), action: action)
        switch action {
        case .learn:
            self.learn(value, at: time)
            verdict.alert = self.latch.open
        case .open:
            self.reluctance = min(self.reluctance + settings.reluctance, settings.reluctanceMax - 1)
            verdict.alert = self.latch.open
            verdict.samples = self.history.summary
        case .worsen:
            verdict.alert = self.latch.open
            verdict.samples = self.history.summary
        case .hold:
            verdict.alert = self.latch.open
        case .clear(let reason):
            verdict.alert = before
            verdict.alert?.count += 1
            verdict.samples = self.history.summary
            switch reason {
            case .returned: self.learn(value, at: time)
            case .newNormal:
                self.history.removeAll()
                self.range.include(value)
            }
        }
        return verdict
    }

    /// The band the value is farther out of.
    private func band(for value: Double, _ settings: SpikeSettings) -> ExpectedBand {
        let recent = self.recentBand(settings)
        guard let longTerm = self.range.band, longTerm.deviation(of: value) > 1,
            longTerm.deviation(of: value) > recent.deviation(of: value)
        else { return recent }
        return longTerm
    }

    /// What the recent values make expected; not for an empty history.
    private func recentBand(_ settings: SpikeSettings) -> ExpectedBand {
        let median = self.history.quantile(0.5)
        let spread = self.history.quantile(0.9) / 2 - self.history.quantile(0.1) / 2
        let deviation = max(spread / 1.281_6, self.tail.size / 2.575_8, self.resolutionFloor(around: median))
        let half = min(deviation * settings.bandFactor * (1 + self.reluctance), .greatestFiniteMagnitude / 4)
        return ExpectedBand(
            low: max(median - half, -.greatestFiniteMagnitude),
            high: min(median + half, .greatestFiniteMagnitude),
            basis: .recent
        )
    }

    /// The least deviation that can be told apart. A series that never moved shows no step: a hundredth of its level then.
    private func resolutionFloor(around median: Double) -> Double {
        self.resolution > 0 ? self.resolution : abs(median) / 100
    }

    private mutating func learn(_ value: Double, at time: Timestamp) {
        if self.history.count > 0 {
            self.learnResolution(from: value)
            let median = self.history.quantile(0.5)
            let distance = min(abs(value / 2 - median / 2) * 2, .greatestFiniteMagnitude)
            self.tail.observe(distance, floor: self.resolution)
        }
        self.history.append(value, at: time)
        self.range.observe(value, at: time)
    }

    private mutating func learnResolution(from value: Double) {
        guard let previous = self.history.last, previous != value else { return }
        let step = min(abs(value / 2 - previous / 2) * 2, .greatestFiniteMagnitude)
        if step > 0, self.resolution == 0 || step < self.resolution { self.resolution = step }
    }

    /// The factor per value that halves in `halfLife` values.
    @inline(__always)
    private static func decay(halfLife: Int) -> Double {
        1 - 0.693_147_18 / Double(halfLife)
    }
}

extension SpikeDetector {
    package func write(to state: inout StateWriter) {
        self.history.write(to: &state)
        self.latch.write(to: &state)
        self.range.write(to: &state)
        self.tail.write(to: &state)
        state.write(self.resolution)
        state.write(self.reluctance)
    }

    package init(reading state: inout StateReader) throws(StateReader.Fault) {
        self.history = try ValueHistory(reading: &state)
        self.latch = try AlertLatch(reading: &state)
        self.range = try LongRange(reading: &state)
        self.tail = try TailQuantile(reading: &state)
        self.resolution = try state.readDouble()
        self.reluctance = try state.readDouble()
        guard self.resolution >= 0, self.resolution.isFinite, self.reluctance >= 0, self.reluctance.isFinite
        else { throw state.fault }
    }
}
