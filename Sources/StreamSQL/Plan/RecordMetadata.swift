/// What the log knows of a record, besides its payload.
package enum RecordMetadata: Hashable, Sendable {
    /// When it was enqueued, as `datetime`.
    case enqueuedTime
    /// Its partition, as `bigint`.
    case partition
    /// Its offset, as `bigint`.
    case offset
    /// Its topic, as text.
    case topic
    /// The device id, which the gateway stamped, as text.
    case device
    /// A header's value as text, `NULL` when it is not there.
    case header(String)
}
