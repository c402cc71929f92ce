package import TelemetryModel

/// A job after a step, and the devices whose turn it is now.
package struct JobProgress: Equatable, Sendable {
    /// The job with its counts afterwards.
    package var job: StoredJob
    /// Devices that were pending and are running now, in the order of their ids.
    package var begun: [IdentityID]

    /// A step's result.
    package init(job: StoredJob, begun: [IdentityID]) {
        self.job = job
        self.begun = begun
    }
}
