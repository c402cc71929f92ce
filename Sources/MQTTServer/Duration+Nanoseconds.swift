import NIOCore

extension Duration {
    /// The duration in nanoseconds, rounded towards zero; an event loop's clock counts in them.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

extension IngestLoop {
    /// The event loop's monotonic clock.
    var uptime: Duration { .nanoseconds(Int64(self.eventLoop.nonisolated().now.uptimeNanoseconds)) }
}
