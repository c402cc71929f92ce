/// When the events that are in the log are removed from the outbox: after so many, or a second after the first.
struct OutboxSettling {
    static let countMax = 1_000
    static let delay = Duration.seconds(1)

    /// The last event that is in the log.
    private(set) var last: Int64 = 0
    private var count = 0
    private var since: Duration?

    /// Events are in the log up to this one.
    mutating func appended(upTo number: Int64, count: Int, at now: Duration) {
        self.last = number
        self.count += count
        if self.since == nil { self.since = now }
    }

    /// Whether it is time.
    func isDue(at now: Duration) -> Bool {
        guard let since else { return false }
        return self.count >= OutboxSettling.countMax || now - since >= OutboxSettling.delay
    }

    /// Whether anything is left to remove.
    var isOpen: Bool { self.since != nil }

    /// They are removed.
    mutating func settled() {
        self.count = 0
        self.since = nil
    }
}
