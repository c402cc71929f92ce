import Glibc
import SensorKit
package import TelemetryModel

/// The system's clocks: CLOCK_BOOTTIME, which also counts suspended time, for schedules; CLOCK_REALTIME for stamps.
package final class SystemClock: BusClock, Sendable {
    package init() {}

    package var now: Duration {
        let time = Self.read(CLOCK_BOOTTIME)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    package var wallTime: Timestamp {
        let time = Self.read(CLOCK_REALTIME)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Sleeps uninterruptibly; for the milliseconds of a conversion, not for intervals.
    package func sleep(until instant: Duration) {
        let (seconds, attoseconds) = instant.components
        var deadline = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        while clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &deadline, nil) == EINTR {}
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
