/// When the next checkpoint is due: after an interval, or earlier after many records, but never so often that writing large
/// states takes more than a twentieth of the time.
struct CheckpointSchedule {
    private let clock = ContinuousClock()
    private let interval: Duration
    private var last: ContinuousClock.Instant
    private var began: ContinuousClock.Instant
    private var pauseMin = Duration.zero

    init(interval: Duration) {
        self.interval = interval
        self.last = self.clock.now
        self.began = self.last
    }

    func isDue(hasManyRecords: Bool) -> Bool {
        self.clock.now - self.last >= (hasManyRecords ? self.pauseMin : self.pause)
    }

    /// Until the next one is due; at least a millisecond.
    var remaining: Duration { max(self.last + self.pause - self.clock.now, .milliseconds(1)) }

    mutating func begin() {
        self.began = self.clock.now
    }

    mutating func end() {
        self.last = self.clock.now
        self.pauseMin = (self.last - self.began) * 20
    }

    private var pause: Duration { max(self.interval, self.pauseMin) }
}
