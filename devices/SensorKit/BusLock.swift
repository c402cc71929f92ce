/// Notices a bus whose data line is held low: everything on it times out, and asking costs 200 ms each time.
///
/// Three time-outs in a row over all addresses lock it; then one sensor probes every 30 s, and any answer unlocks it.
package struct BusLock: Sendable {
    package static let timeoutsMax = 3
    package static let probeInterval: Duration = .seconds(30)

    package enum Change: Equatable, Sendable {
        case none
        case locked
        case unlocked
    }

    private var timeouts = 0
    private var probeAt: Duration?

    package init() {}

    package var isLocked: Bool { self.probeAt != nil }

    /// How many sensors may be asked now: all, one as a probe, or none.
    package func allowance(at now: Duration) -> Int {
        guard let probeAt = self.probeAt else { return .max }
        return now >= probeAt ? 1 : 0
    }

    /// A transfer ended, well or with any fault but a time-out: somebody moved the lines.
    package mutating func answered() -> Change {
        self.timeouts = 0
        defer { self.probeAt = nil }
        return self.probeAt == nil ? .none : .unlocked
    }

    package mutating func timedOut(at now: Duration) -> Change {
        self.timeouts = min(self.timeouts + 1, Self.timeoutsMax)
        guard self.timeouts == Self.timeoutsMax else { return .none }
        defer { self.probeAt = now + Self.probeInterval }
        return self.probeAt == nil ? .locked : .none
    }
}
