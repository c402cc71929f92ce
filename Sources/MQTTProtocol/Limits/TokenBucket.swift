/// A rate with a burst: how long to wait before the next may come. Pure; `now` is monotonic.
///
/// What comes is counted in any case, since it has come already: whoever sends too much is not read from for as long
/// as the debt needs to be worked off. The generic cell rate algorithm: the state is one time.
package struct TokenBucket: Sendable {
    /// Tokens a second.
    package let rate: Double
    /// Tokens that may be taken at once after a rest.
    package let burst: Double
    /// When the bucket is full again.
    private var fullAt: Duration = .zero

    /// A full bucket.
    ///
    /// - Parameters:
    ///   - rate: tokens a second, more than 0.
    ///   - burst: tokens, at least 1.
    package init(rate: Double, burst: Double) {
        precondition(rate > 0 && burst >= 1, "a rate is more than 0, a burst at least 1")
        self.rate = rate
        self.burst = burst
    }

    /// Takes tokens, also those that are not there.
    ///
    /// - Returns: the time until the bucket is out of debt, ``Duration/zero`` when it is not in debt.
    package mutating func take(_ tokens: Int, at now: Duration) -> Duration {
        self.fullAt = max(self.fullAt, now) + self.time(of: Double(tokens))
        return self.wait(at: now)
    }

    /// The time until the bucket is out of debt.
    package func wait(at now: Duration) -> Duration {
        max(.zero, self.fullAt - now - self.time(of: self.burst))
    }

    /// Takes tokens only when all are there; whether they were.
    package mutating func takeIfPresent(_ tokens: Int, at now: Duration) -> Bool {
        let fullAt = max(self.fullAt, now) + self.time(of: Double(tokens))
        guard fullAt - now <= self.time(of: self.burst) else { return false }
        self.fullAt = fullAt
        return true
    }

    /// The time until so many tokens, at most the burst, are there.
    package func wait(for tokens: Int, at now: Duration) -> Duration {
        let fullAt = max(self.fullAt, now) + self.time(of: Double(tokens))
        return max(.zero, fullAt - now - self.time(of: self.burst))
    }

    /// The time in which so many tokens come, in whole nanoseconds and at most 31 years, so that no number overflows.
    private func time(of tokens: Double) -> Duration {
        .nanoseconds(Int64(min(tokens * 1e9 / self.rate, 1e18).rounded()))
    }
}
