import Synchronization

/// What the whole fleet has done so far; written by every event loop in batches, read by the status line.
final class FleetCounters: Sendable {
    /// The counters at one moment; each is exact, together they may be some messages apart.
    struct Snapshot: Equatable, Sendable {
        /// Devices whose connection the gateway has accepted.
        var connected = 0
        /// Messages sent at least once.
        var sent = 0
        var acknowledged = 0
        /// Messages sent again after a reconnect, each time it happened.
        var resent = 0
        /// Devices that the gateway refused for good.
        var refused = 0

        /// Messages sent and not acknowledged.
        var unacknowledged: Int { self.sent - self.acknowledged }
    }

    private let connected = Atomic<Int>(0)
    private let sent = Atomic<Int>(0)
    private let acknowledged = Atomic<Int>(0)
    private let resent = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)

    func add(connected: Int = 0, sent: Int = 0, acknowledged: Int = 0, resent: Int = 0, refused: Int = 0) {
        if connected != 0 { self.connected.wrappingAdd(connected, ordering: .relaxed) }
        if sent != 0 { self.sent.wrappingAdd(sent, ordering: .relaxed) }
        if acknowledged != 0 { self.acknowledged.wrappingAdd(acknowledged, ordering: .relaxed) }
        if resent != 0 { self.resent.wrappingAdd(resent, ordering: .relaxed) }
        if refused != 0 { self.refused.wrappingAdd(refused, ordering: .relaxed) }
    }

    /// What has been done so far.
    var snapshot: Snapshot {
        // Acknowledged first: a message acknowledged meanwhile then counts as in flight, never as less than none.
        let acknowledged = self.acknowledged.load(ordering: .relaxed)
        return Snapshot(
            connected: self.connected.load(ordering: .relaxed),
            sent: self.sent.load(ordering: .relaxed),
            acknowledged: acknowledged,
            resent: self.resent.load(ordering: .relaxed),
            refused: self.refused.load(ordering: .relaxed)
        )
    }
}
