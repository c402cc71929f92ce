internal import DeviceRegistry

/// Why nothing more of a job is begun.
package enum JobEnd: Equatable, Sendable {
    /// Every device had its turn.
    case completed
    /// Too many of the devices that had their turn failed.
    case tooManyFailed(failed: Int, of: Int, limitPercent: Int)
    /// Its time was over.
    case outOfTime(seconds: Int)

    /// The job's status.
    var status: JobStatus { self == .completed ? .completed : .failed }

    /// One sentence for operators; `nil` when nothing failed.
    var reason: String? {
        switch self {
        case .completed: nil
        case .tooManyFailed(let failed, let count, let limit):
            "\(failed) of the first \(count) devices failed; abortFailedPercent is \(limit)"
        case .outOfTime(let seconds): "not done within maxExecutionTimeInSeconds, \(seconds) s"
        }
    }
}
