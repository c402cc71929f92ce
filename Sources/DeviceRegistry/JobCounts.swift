/// How many devices a job has, by what became of them.
package struct JobCounts: Equatable, Sendable {
    /// All that were found.
    package var devices: Int
    /// Those whose turn it is.
    package var running: Int
    package var succeeded: Int
    package var failed: Int

    /// Counts of these numbers.
    package init(devices: Int = 0, running: Int = 0, succeeded: Int = 0, failed: Int = 0) {
        self.devices = devices
        self.running = running
        self.succeeded = succeeded
        self.failed = failed
    }

    /// Those that had no turn yet.
    package var pending: Int { max(0, self.devices - self.running - self.succeeded - self.failed) }
}
