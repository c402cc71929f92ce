/// What became of one device in a job; the raw values are stored.
package enum DeviceJobStatus: Int, Sendable {
    /// It had no turn yet.
    case pending = 0
    case running = 1
    case completed = 2
    case failed = 3

    /// The status as rows of `devices.jobs` tell it.
    ///
    /// - Parameter job: of the whole job; what it ended before never gets a turn.
    /// - Returns: `pending`, `running`, `completed`, `failed` or `cancelled`.
    package func text(in job: JobStatus) -> String {
        switch self {
        case .pending: job.isEnd ? "cancelled" : "pending"
        case .running: "running"
        case .completed: "completed"
        case .failed: "failed"
        }
    }
}
