import Glibc
import NIOCore
import TelemetryModel

/// The two clocks of a run: monotonic time since its start, and the time of day.
struct RunClock: Sendable {
    private let start: NIODeadline
    /// The time of day at the start.
    let startTime: Timestamp

    /// A run that starts now.
    init() {
        self.start = .now()
        self.startTime = RunClock.timeOfDay
    }

    /// Since the start.
    var elapsed: Duration { .nanoseconds((NIODeadline.now() - self.start).nanoseconds) }

    /// A time since the start as the event loops want it.
    func deadline(_ elapsed: Duration) -> NIODeadline {
        let (seconds, attoseconds) = elapsed.components
        // Ten years: beyond it a timer is set again when it fires.
        return self.start + .seconds(min(seconds, 315_360_000)) + .nanoseconds(attoseconds / 1_000_000_000)
    }

    static var timeOfDay: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
