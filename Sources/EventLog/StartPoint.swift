package import TelemetryModel

/// Where to start reading a topic, as people and protocols say it.
package enum StartPoint: Equatable, Sendable {
    /// The oldest batch there is.
    case earliest
    /// Behind the last synced batch.
    case end
    /// The first batch enqueued at or after an instant.
    case time(Timestamp)
    /// The batch that holds an offset of a partition; it may begin before it, and batches of others follow.
    case offset(partition: Int, Int64)
}
