import FleetModel

/// How long a device waits before it connects again: 50 ms, doubled with every attempt that fails, at most 5 s, and of
/// that a random half, so that a fleet does not come back in one instant.
struct ReconnectDelay: Sendable {
    static let longest = Duration.seconds(5)
    private static let first = Duration.milliseconds(50)

    private var attempt: UInt8 = 0
    private var random: SplitMix64

    init(seed: UInt64) {
        self.random = SplitMix64(seed: seed)
    }

    /// The wait before the next attempt; half to the whole of its step.
    mutating func next() -> Duration {
        let step = min(ReconnectDelay.first * (1 << min(Int(self.attempt), 10)), ReconnectDelay.longest)
        self.attempt = min(self.attempt + 1, 10)
        return step / 2 + step / 2 * self.random.unit()
    }

    /// The connection has done its work: the next loss is a new one.
    mutating func reset() { self.attempt = 0 }
}
