/// Slows down sources whose authentication fails: each failure beyond the free ones doubles the wait.
///
/// Bounded: two halves, and when the newer is full or old the older is forgotten. So a look-up costs the same with ten
/// sources as with a million attackers, and a source is forgotten one to two times ``Limits/memory`` after its last
/// failure. Pure; `now` is monotonic.
package struct RefusalGate<Source: Hashable & Sendable>: Sendable {
    /// What the gate allows.
    package struct Limits: Equatable, Sendable {
        /// Failures that cost nothing, since people mistype.
        package var failuresFree: Int
        /// The wait after the first failure beyond those.
        package var waitFirst: Duration
        /// The longest wait.
        package var waitMax: Duration
        /// How long a failure is remembered at least, when the table does not overflow.
        package var memory: Duration
        /// Sources remembered at most.
        package var sourcesMax: Int

        /// Limits of one server.
        package init(
            failuresFree: Int = 3,
            waitFirst: Duration = .seconds(1),
            waitMax: Duration = .seconds(60),
            memory: Duration = .seconds(600),
            sourcesMax: Int = 20_000
        ) {
            precondition(sourcesMax >= 2, "a gate remembers at least two sources")
            precondition(memory >= waitMax, "a source that waits must not be forgotten")
            self.failuresFree = failuresFree
            self.waitFirst = waitFirst
            self.waitMax = waitMax
            self.memory = memory
            self.sourcesMax = sourcesMax
        }
    }

    private struct Record {
        var failures: Int
        var blockedUntil: Duration
    }

    package let limits: Limits
    private var newer: [Source: Record] = [:]
    private var older: [Source: Record] = [:]
    private var newerSince: Duration = .zero

    /// A gate that knows of no failure.
    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Sources remembered.
    package var count: Int { self.newer.count + self.older.count }

    /// How long the source has to wait before it may try; ``Duration/zero`` when it may.
    package mutating func wait(of source: Source, at now: Duration) -> Duration {
        self.age(at: now)
        guard let record = self.newer[source] ?? self.older[source] else { return .zero }
        return max(.zero, record.blockedUntil - now)
    }

    /// The source failed.
    ///
    /// - Returns: how long it has to wait now.
    package mutating func failed(_ source: Source, at now: Duration) -> Duration {
        self.age(at: now)
        var record = self.newer[source] ?? self.older[source] ?? Record(failures: 0, blockedUntil: .zero)
        record.failures += 1
        let wait = self.wait(afterFailures: record.failures)
        record.blockedUntil = now + wait
        if self.newer[source] == nil, self.newer.count >= self.limits.sourcesMax / 2 { self.turn(at: now) }
        self.older[source] = nil
        self.newer[source] = record
        return wait
    }

    /// The source succeeded: its failures are forgotten.
    package mutating func succeeded(_ source: Source) {
        guard !self.newer.isEmpty || !self.older.isEmpty else { return }
        self.newer[source] = nil
        self.older[source] = nil
    }

    private func wait(afterFailures failures: Int) -> Duration {
        let beyond = failures - self.limits.failuresFree
        guard beyond > 0 else { return .zero }
        guard beyond <= 32 else { return self.limits.waitMax }
        return min(self.limits.waitFirst * (1 << (beyond - 1)), self.limits.waitMax)
    }

    private mutating func age(at now: Duration) {
        guard now - self.newerSince >= self.limits.memory else { return }
        let isAllForgotten = now - self.newerSince >= self.limits.memory * 2
        self.turn(at: now)
        if isAllForgotten { self.older = [:] }
    }

    private mutating func turn(at now: Duration) {
        self.older = self.newer
        self.newer = [:]
        self.newerSince = now
    }
}
