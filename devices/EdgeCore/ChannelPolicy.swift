/// Decides for each value of one channel whether it is published: report on change, within a least and a longest interval.
///
/// ```
///            published                      │ moved ≥ dead band, or longest interval over
///   value ─► least interval not over? ─ yes ─► held back (the next one is looked at again)
///                    └──────────────── no ──► changed its quality, or no dead band ─► published
/// ```
/// Pure: time is monotonic. Values are in the quantity's unit, after the calibration offset.
package struct ChannelPolicy: Equatable, Sendable {
    private struct Published: Equatable {
        var value: Double
        var isSuspect: Bool
        var at: Duration
    }

    /// How much too early a sample may come and still count as on time: threads wake late, never by this much.
    private static let slackMax: Duration = .milliseconds(500)

    package var rule: ChannelRule
    private var last: Published?

    package init(_ rule: ChannelRule) {
        self.rule = rule
    }

    /// Whether this value is published now; it then is the one that the next are compared with.
    package mutating func admits(_ value: Double, isSuspect: Bool, at now: Duration) -> Bool {
        let isAdmitted = self.isNews(value, isSuspect: isSuspect, at: now)
        if isAdmitted { self.last = Published(value: value, isSuspect: isSuspect, at: now) }
        return isAdmitted
    }

    private func isNews(_ value: Double, isSuspect: Bool, at now: Duration) -> Bool {
        guard let last = self.last, last.isSuspect == isSuspect else { return true }
        let elapsed = now - last.at
        guard Self.isOver(self.rule.intervalMinMilliseconds, elapsed) else { return false }
        // A hair less than the band is the band: 0.1 has no exact binary form.
        if (value - last.value).magnitude >= self.rule.deadBand - 1e-9 { return true }
        return self.rule.intervalMaxMilliseconds > 0 && Self.isOver(self.rule.intervalMaxMilliseconds, elapsed)
    }

    private static func isOver(_ milliseconds: Int, _ elapsed: Duration) -> Bool {
        let interval = Duration.milliseconds(milliseconds)
        return elapsed >= interval - min(interval / 10, self.slackMax)
    }
}
