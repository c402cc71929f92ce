import SensorKit
import TelemetryModel

/// How long to wait before connecting again: a random time between the least wait and a limit that doubles.
///
/// With 1 and 60 s: 1…2, 1…4, 1…8, 1…16, 1…32, then 1…60 s. The randomness keeps a fleet from coming back at once.
package struct ReconnectBackoff: Sendable {
    private let least: Duration
    private let most: Duration
    private var failures = 0
    private var random: SplitMix64

    package init(least: Duration, most: Duration, seed: UInt64) {
        self.least = least
        self.most = max(least, most)
        self.random = SplitMix64(seed: seed)
    }

    /// The wait after one more failure.
    package mutating func next() -> Duration {
        self.failures = min(self.failures + 1, 30)
        let limit = min(self.most, self.least * (1 << self.failures))
        let span = (limit - self.least).wholeMilliseconds
        return self.least + .milliseconds(Int64.random(in: 0...max(span, 0), using: &self.random))
    }

    /// A connection proved good.
    package mutating func reset() {
        self.failures = 0
    }
}
