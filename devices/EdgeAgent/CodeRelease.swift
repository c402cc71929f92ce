import CLinuxBus

/// Gives code back that ran for the start, for a connection or for a call, and will not run again soon.
///
/// The kernel maps 64 KiB of a file around each page that is needed, and takes nothing back while there is free memory:
/// without this most of the program and all of OpenSSL would stay in the process for one handshake. What does run
/// comes back from the cache of files within microseconds, some ninety page faults once a minute; only where the board is
/// so short of memory that the kernel has dropped it there too, it is read again.
package struct CodeRelease {
    /// From the start to the first time: a gateway that is near is connected by then. It is also soon after each health
    /// report, whose code would otherwise stay for the rest of its minute.
    package static let firstDelay: Duration = .seconds(2)
    /// From each time to the next, at least.
    package static let interval: Duration = .seconds(60)

    /// When ``run(at:)`` is to be called.
    package private(set) var dueAt: Duration

    /// - Parameter now: Monotonic, as for ``run(at:)``.
    package init(startedAt now: Duration) {
        self.dueAt = now + Self.firstDelay
    }

    /// Gives back what there is, if it is time to. Takes about as long as a system call for each library.
    ///
    /// - Parameter now: Monotonic.
    /// - Returns: Whether it was time to.
    @discardableResult
    package mutating func run(at now: Duration) -> Bool {
        guard now >= self.dueAt else { return false }
        self.dueAt = now + Self.interval
        weir_release_code()
        return true
    }
}
