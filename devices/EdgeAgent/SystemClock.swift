import CLinuxBus
package import EdgeCore
import Glibc
import SensorKit
package import TelemetryModel

/// The system's clocks: CLOCK_BOOTTIME, which also counts suspended time, for schedules and stamps; CLOCK_REALTIME,
/// which may be anything until somebody says that it is right.
package final class SystemClock: BusClock, Sendable {
    /// What systemd-timesyncd leaves behind when it has set the clock; looked at where a sandbox forbids adjtimex.
    private static let timesyncMark = "/run/systemd/timesync/synchronized"
    /// Two clocks that were read within this belong together.
    private static let lookSpanMax: Duration = .microseconds(100)

    package init() {}

    package var now: Duration {
        let time = Self.read(CLOCK_BOOTTIME)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The boot that this is; all zero when the kernel does not tell.
    package let bootID = SystemClock.readBootID()

    /// Now, as readings are stamped.
    package var instant: BootInstant {
        let time = Self.read(CLOCK_BOOTTIME)
        return BootInstant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    package var wallTime: Timestamp {
        let time = Self.read(CLOCK_REALTIME)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Both clocks at one moment, and what the kernel thinks of the second.
    package func look() -> BootClock.Look {
        let isSynchronised = self.isSynchronised
        var best: (span: Duration, middle: Duration, wall: Timestamp)?
        // A thread that is put aside between the two readings must not look like a clock that was set.
        for _ in 0..<16 {
            let before = self.now
            let wall = self.wallTime
            let span = self.now - before
            if best.map({ span < $0.span }) ?? true { best = (span, before + span / 2, wall) }
            if span <= Self.lookSpanMax { break }
        }
        let middle = best?.middle ?? self.now
        return BootClock.Look(
            instant: BootInstant(milliseconds: middle.wholeMilliseconds),
            wall: best?.wall ?? self.wallTime,
            isSynchronised: isSynchronised
        )
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

    private var isSynchronised: Bool {
        let state = weir_clock_state()
        return state < 0 ? access(Self.timesyncMark, F_OK) == 0 : state == 1
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
