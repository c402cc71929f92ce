/// Monotonic time for drivers and schedules. The agent has the system's, tests have one they turn by hand.
package protocol BusClock: AnyObject {
    /// Time since an arbitrary start; never goes back, also when the wall clock is set.
    var now: Duration { get }
    /// Returns at `instant` or, when it has passed, at once.
    func sleep(until instant: Duration)
}

extension BusClock {
    /// Returns after `duration` at the earliest.
    package func sleep(for duration: Duration) {
        self.sleep(until: self.now + duration)
    }
}
