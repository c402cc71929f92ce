import DequeModule

/// Admits connections at a bounded rate; the rest waits in a bounded line, and is dropped when it waited too long.
///
/// After a restart thousands of devices come at once: those admitted get through their handshake quickly, instead of
/// all of them slowly. First come, first served. Pure; `now` is monotonic.
package struct AdmissionGate<Waiter: Hashable & Sendable>: Sendable {
    /// What the gate allows.
    package struct Limits: Equatable, Sendable {
        /// Admissions a second, more than 0.
        package var rate: Double
        /// Admissions at once after a rest, at least 1.
        package var burst: Int
        /// Waiters at most.
        package var lineMax: Int
        /// How long a waiter waits at most.
        package var patience: Duration

        /// Limits of one server.
        package init(rate: Double, burst: Int, lineMax: Int, patience: Duration) {
            self.rate = rate
            self.burst = burst
            self.lineMax = lineMax
            self.patience = patience
        }
    }

    /// What becomes of an arrival.
    package enum Arrival: Equatable, Sendable {
        case admitted
        /// In the line; ``tick(at:)`` decides, first at this time.
        case waits(tickAt: Duration)
        /// The line is full.
        case refused
    }

    /// What a tick decides.
    package struct Decision: Equatable, Sendable {
        /// In the order of their arrival.
        package var admitted: [Waiter]
        /// Those who waited too long.
        package var dropped: [Waiter]
        /// When to tick again; `nil` when nobody waits.
        package var tickAt: Duration?

        /// A decision, by default about nobody.
        package init(admitted: [Waiter] = [], dropped: [Waiter] = [], tickAt: Duration? = nil) {
            self.admitted = admitted
            self.dropped = dropped
            self.tickAt = tickAt
        }
    }

    private struct Place {
        var waiter: Waiter
        var deadline: Duration
    }

    package let limits: Limits
    private var bucket: TokenBucket
    private var line: Deque<Place> = []
    /// Those of the line who have not left.
    private var waiting: Set<Waiter> = []

    /// A gate nobody waits at.
    package init(limits: Limits) {
        self.limits = limits
        self.bucket = TokenBucket(rate: limits.rate, burst: Double(limits.burst))
    }

    /// Waiters in the line.
    package var count: Int { self.waiting.count }

    /// Someone comes, known by a name that nobody in the line has.
    package mutating func arrive(_ waiter: Waiter, at now: Duration) -> Arrival {
        if self.waiting.isEmpty, self.bucket.takeIfPresent(1, at: now) { return .admitted }
        guard self.waiting.count < self.limits.lineMax else { return .refused }
        self.line.append(Place(waiter: waiter, deadline: now + self.limits.patience))
        self.waiting.insert(waiter)
        return .waits(tickAt: now + min(self.limits.patience, self.bucket.wait(for: 1, at: now)))
    }

    /// Someone in the line goes away; no harm when nobody of that name waits.
    package mutating func leave(_ waiter: Waiter) {
        guard self.waiting.remove(waiter) != nil else { return }
        guard self.line.count > 2 * self.waiting.count + 64 else { return }
        self.line.removeAll { !self.waiting.contains($0.waiter) }
    }

    /// The time that was asked for came, or any other time.
    package mutating func tick(at now: Duration) -> Decision {
        var decision = Decision()
        while let place = self.line.first {
            guard self.waiting.contains(place.waiter) else {
                self.line.removeFirst()
                continue
            }
            if now >= place.deadline {
                decision.dropped.append(place.waiter)
            } else if self.bucket.takeIfPresent(1, at: now) {
                decision.admitted.append(place.waiter)
            } else {
                decision.tickAt = min(place.deadline, now + self.bucket.wait(for: 1, at: now))
                return decision
            }
            self.waiting.remove(place.waiter)
            self.line.removeFirst()
        }
        return decision
    }
}
