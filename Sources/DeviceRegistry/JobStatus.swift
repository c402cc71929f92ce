/// Where a scheduled job stands; the raw values are those of the contract.
///
///     scheduled ─► queued ─► running ─► completed │ failed │ cancelled
///
/// Source: contract iothub-rest section 8.
package enum JobStatus: String, CaseIterable, Sendable {
    /// Its start is in the future.
    case scheduled
    /// It waits for other jobs.
    case queued
    /// Its devices are looked for, or have their turn.
    case running
    /// Every device had its turn, whatever came of it.
    case completed
    /// It ended before every device had its turn: too many failed, or its time was over.
    case failed
    /// An operator ended it.
    case cancelled

    /// Whether nothing is begun any more.
    package var isEnd: Bool {
        switch self {
        case .scheduled, .queued, .running: false
        case .completed, .failed, .cancelled: true
        }
    }
}
