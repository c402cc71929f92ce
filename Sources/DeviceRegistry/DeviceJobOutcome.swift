package import TelemetryJSON
package import TelemetryModel

/// How one device's turn in a job ended.
package struct DeviceJobOutcome: Equatable, Sendable {
    /// The job's number.
    package var job: Int64
    /// Whose turn it was.
    package var id: IdentityID
    package var hasSucceeded: Bool
    /// What its row of `devices.jobs` shows besides: `outcome` or `error`.
    package var members: JSONObject
    package var endedAt: Timestamp

    /// An outcome.
    package init(job: Int64, id: IdentityID, hasSucceeded: Bool, members: JSONObject, endedAt: Timestamp) {
        self.job = job
        self.id = id
        self.hasSucceeded = hasSucceeded
        self.members = members
        self.endedAt = endedAt
    }
}
