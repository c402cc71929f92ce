/// The two clocks of consumer groups, read together by the caller.
package struct GroupTime: Equatable, Sendable {
    /// Monotonic time, for timeouts.
    package var uptime: Duration
    /// Milliseconds since 1970, for stamps that outlive the process.
    package var wallMilliseconds: Int64

    /// An instant.
    package init(uptime: Duration, wallMilliseconds: Int64) {
        self.uptime = uptime
        self.wallMilliseconds = wallMilliseconds
    }
}
