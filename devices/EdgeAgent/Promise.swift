import Glibc
import Synchronization

/// Until when a thread will have moved again, as it says itself; read by the control loop (``Watchdog``).
package final class Promise: Sendable {
    /// Monotonic milliseconds.
    private let milliseconds: Atomic<Int64>

    /// - Parameter instant: Until when the thread will have begun.
    package init(until instant: Duration) {
        self.milliseconds = Atomic(Self.milliseconds(of: instant))
    }

    /// The thread will be back by then.
    package func backBy(_ instant: Duration) {
        self.milliseconds.store(Self.milliseconds(of: instant), ordering: .relaxed)
    }

    package var instant: Duration { .milliseconds(self.milliseconds.load(ordering: .relaxed)) }

    private static func milliseconds(of instant: Duration) -> Int64 {
        let (seconds, attoseconds) = instant.components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
