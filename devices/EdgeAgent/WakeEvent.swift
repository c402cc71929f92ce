import CLinuxBus
import Glibc

/// A descriptor that becomes readable when another thread has something to say.
package final class WakeEvent: Sendable {
    package let descriptor: Int32

    package init() {
        let descriptor = weir_event_descriptor()
        precondition(descriptor >= 0, "no file descriptor is left for an eventfd")
        self.descriptor = descriptor
    }

    deinit {
        close(self.descriptor)
    }

    /// Makes it readable; from any thread.
    package func signal() {
        var one: UInt64 = 1
        // EAGAIN means that the counter is full, and so readable.
        _ = write(self.descriptor, &one, 8)
    }

    /// Makes it unreadable again.
    package func clear() {
        var count: UInt64 = 0
        _ = read(self.descriptor, &count, 8)
    }

    /// Waits until it is readable, but not longer than `limit`. Does not clear it.
    ///
    /// - Returns: whether it is readable.
    package func wait(atMost limit: Duration) -> Bool {
        var entry = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, Self.milliseconds(limit)) > 0
    }

    /// Waits until it is readable, `other` has one of `events` or has come to its end, or `limit` has passed.
    ///
    /// - Returns: whether it is readable.
    package func wait(atMost limit: Duration, or other: Int32?, events: Int32) -> Bool {
        guard let other else { return self.wait(atMost: limit) }
        var entries = (
            pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: Int16(events), revents: 0)
        )
        let count = withUnsafeMutableBytes(of: &entries) { bytes in
            poll(bytes.baseAddress?.assumingMemoryBound(to: pollfd.self), 2, Self.milliseconds(limit))
        }
        return count > 0 && entries.0.revents != 0
    }

    /// A wait as `poll` takes it: rounded up, so that a wait never ends just before its instant.
    static func milliseconds(_ limit: Duration) -> Int32 {
        let (seconds, attoseconds) = max(limit, .zero).components
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(seconds * 1_000 + rest)
    }
}
