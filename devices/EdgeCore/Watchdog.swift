/// Whether the supervisor may be told that the agent is alive: only while measuring and connection both keep their word.
///
/// Each thread says, before it waits or does something that takes time, until when it will be back. A thread that is late
/// by more than the grace hangs. The connection's thread has to keep its word, online or not: it tries to connect, waits,
/// or serves. Of the buses one has to: a new process does not mend a bus that hangs in the kernel beside others that work.
package struct Watchdog: Equatable, Sendable {
    /// How often the supervisor has to hear from us.
    package let interval: Duration

    package init(interval: Duration) {
        self.interval = interval
    }

    /// How often it is told: three times as often as it has to be.
    package var feedInterval: Duration { self.interval / 3 }

    /// Whether it may be told now.
    ///
    /// - Parameters:
    ///   - now: Monotonic.
    ///   - connection: When the connection's thread said it would be back.
    ///   - buses: When each bus's did.
    /// - Returns: Whether both keep their word.
    package func mayFeed(at now: Duration, connection: Duration, buses: [Duration]) -> Bool {
        let limit = now - self.interval / 2
        return connection >= limit && (buses.isEmpty || buses.contains { $0 >= limit })
    }
}
