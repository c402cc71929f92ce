/// Keeps a wall clock that was set forward from making young records old.
///
/// A board without a battery stamps with a time long past until it hears of the right one; a minute later its records
/// would seem to be older than retention allows. So after a jump, as long as records are kept, age goes by the clock as
/// it went before the jump: too slow for what is older, never too fast for what is younger.
struct RetentionClock: Sendable {
    /// What the wall clock may gain on the monotonic one between two looks, in ms.
    private static let gainMax: Int64 = 60_000

    private var last: (now: Int64, uptime: Duration)
    /// By how much the wall clock was set forward in all, in ms, and when the last time.
    private var jump: (milliseconds: Int64, uptime: Duration)?

    /// A clock that is right at the start, as far as anyone knows; `now` in ms since 1970.
    init(now: Int64, uptime: Duration) {
        self.last = (now, uptime)
    }

    /// Takes in both clocks.
    mutating func observe(now: Int64, uptime: Duration) {
        let elapsed = RetentionClock.milliseconds(uptime - self.last.uptime)
        let gain = now.subtractingSaturating(self.last.now).subtractingSaturating(elapsed)
        self.last = (now, uptime)
        guard gain > RetentionClock.gainMax else { return }
        self.jump = ((self.jump?.milliseconds ?? 0).addingSaturating(gain), uptime)
    }

    /// The time by which records are old that are kept for `retention` ms; ms since 1970.
    func now(retention: Int64) -> Int64 {
        guard let jump, RetentionClock.milliseconds(self.last.uptime - jump.uptime) <= retention else {
            return self.last.now
        }
        return self.last.now.subtractingSaturating(jump.milliseconds)
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000
    }
}

extension Int64 {
    fileprivate func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, isOver) = self.addingReportingOverflow(other)
        return isOver ? (other > 0 ? .max : .min) : sum
    }

    fileprivate func subtractingSaturating(_ other: Int64) -> Int64 {
        let (difference, isOver) = self.subtractingReportingOverflow(other)
        return isOver ? (other > 0 ? .min : .max) : difference
    }
}
