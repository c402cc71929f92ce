package import EdgeCore
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

    /// The boot that this is; all zero when the kernel does not tell.
    package let bootID = SystemClock.readBootID()

    /// Now, as readings are stamped.
    package var instant: BootInstant {
        let time = Self.read(CLOCK_BOOTTIME)
        return BootInstant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Milliseconds from boot time to wall time; `nil` while nobody knows the wall time.
    package var trustedOffset: Int64? { self.wallTime.milliseconds - self.instant.milliseconds }

    /// An instant of this boot for a person: its wall time, or the seconds since the boot.
    package func text(of instant: BootInstant) -> String {
        guard let offset = self.trustedOffset else { return "\(instant.milliseconds / 1_000) s after the boot" }
        return Timestamp(milliseconds: instant.milliseconds &+ offset).description
    }

    /// Sleeps uninterruptibly; for the milliseconds of a conversion, not for intervals.
    package func sleep(until instant: Duration) {
        let (seconds, attoseconds) = instant.components
        var deadline = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        while clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &deadline, nil) == EINTR {}
    }

    private static func readBootID() -> BootID {
        let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return BootID(high: 0, low: 0) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = max(LinuxFile.read(file, into: &bytes, at: 0), 0)
        return BootID(String(decoding: bytes.prefix(count), as: UTF8.self)) ?? BootID(high: 0, low: 0)
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
