/// Tells a wedged or counterfeit chip from steady air: results of 14 bits or more never stay bit-identical for long.
package struct StuckDetector: Sendable {
    /// Equal samples needed, and the time they must span: both, so that neither fast nor slow sampling misleads.
    package static let samplesMin = 120
    package static let spanMin: Duration = .seconds(600)

    package enum Verdict: Equatable, Sendable {
        case changing
        /// The first sample past both limits: initialise the chip again, once.
        case becameStuck
        case stillStuck
    }

    private var last: [UInt32?] = []
    private var equalSamples = 0
    private var since: Duration = .zero
    private var reported = false

    package init() {}

    /// Flags the readings of a sample as `stuck` when temperature and humidity have not moved for too long.
    ///
    /// - Returns: The readings, and whether this is the first sample past both limits.
    package mutating func judged(
        _ readings: [ChannelReading],
        at now: Duration
    ) -> (readings: [ChannelReading], becameStuck: Bool) {
        let raw = readings.filter { $0.quantity == .temperature || $0.quantity == .humidity }.map(\.raw)
        guard !raw.isEmpty else { return (readings, false) }
        let verdict = self.measured(raw, at: now)
        guard verdict != .changing else { return (readings, false) }
        let suspects = readings.map { reading in
            guard let value = reading.value else { return reading }
            return ChannelReading(reading.quantity, .suspect(value, .stuck), raw: reading.raw)
        }
        return (suspects, verdict == .becameStuck)
    }

    package mutating func measured(_ raw: [UInt32?], at now: Duration) -> Verdict {
        guard raw == self.last, !raw.contains(nil) else {
            self.last = raw
            self.equalSamples = 1
            self.since = now
            self.reported = false
            return .changing
        }
        self.equalSamples += 1
        guard self.equalSamples >= Self.samplesMin, now - self.since >= Self.spanMin else { return .changing }
        defer { self.reported = true }
        return self.reported ? .stillStuck : .becameStuck
    }
}
