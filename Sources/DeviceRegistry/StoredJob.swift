package import TelemetryModel

/// A scheduled job as the registry keeps it.
package struct StoredJob: Equatable, Sendable {
    /// Given by the store: grows with each job and is never used again.
    package var number: Int64
    /// The operator's name for it.
    package var id: String
    package var kind: JobKind
    /// What was asked for: the request's members that matter, JSON.
    package var request: [UInt8]
    /// Who asked: `policy:service`.
    package var author: String
    package var status: JobStatus
    package var createdTime: Timestamp
    /// When its devices are looked for.
    package var startTime: Timestamp
    /// When its devices were looked for; `nil` before that. Its time runs from here.
    package var startedTime: Timestamp?
    /// When it ended; `nil` before that.
    package var endTime: Timestamp?
    /// Why it failed; `nil` when it did not.
    package var failureReason: String?
    package var counts: JobCounts
    /// How far its devices were looked for; `nil` at the beginning.
    package var listedUpTo: String?
    /// Whether all its devices were found.
    package var isListed: Bool

    /// A job that nobody has stored.
    package init(
        id: String,
        kind: JobKind,
        request: [UInt8],
        author: String,
        status: JobStatus,
        createdTime: Timestamp,
        startTime: Timestamp
    ) {
        self.number = 0
        self.id = id
        self.kind = kind
        self.request = request
        self.author = author
        self.status = status
        self.createdTime = createdTime
        self.startTime = startTime
        self.counts = JobCounts()
        self.isListed = false
    }
}
