import TelemetryModel

/// How many requests one policy may send: a bucket that holds one second's worth and fills at the rate. Pure.
struct RequestBucket: Equatable, Sendable {
    /// What one request takes: the bucket counts thousandths.
    private static let cost: Int64 = 1_000

    /// Requests a second, 1 or more.
    private let rate: Int64
    private var level: Int64
    private var last: Timestamp

    /// A full bucket.
    init(perSecond: Int, at now: Timestamp) {
        precondition(perSecond > 0, "a bucket fills")
        self.rate = Int64(perSecond)
        self.level = self.rate * RequestBucket.cost
        self.last = now
    }

    /// Takes one request.
    ///
    /// - Parameter now: wall time; when it goes back, nothing is filled in.
    /// - Returns: `nil` when there was one, else how long until there is.
    mutating func take(at now: Timestamp) -> Duration? {
        let full = self.rate * RequestBucket.cost
        let elapsed = min(max(0, now.milliseconds - self.last.milliseconds), 1_000)
        self.level = min(full, self.level + elapsed * self.rate)
        self.last = now
        guard self.level < RequestBucket.cost else {
            self.level -= RequestBucket.cost
            return nil
        }
        return .milliseconds((RequestBucket.cost - self.level + self.rate - 1) / self.rate)
    }
}
