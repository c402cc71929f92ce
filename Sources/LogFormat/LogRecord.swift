package import NIOCore

/// One record of a batch, as slices of the batch's bytes.
///
/// A slice keeps the whole read buffer alive: copy what will be kept.
package struct LogRecord: Equatable, Sendable {
    /// Number of the record in its partition.
    package var offset: Int64
    /// Milliseconds since 1970; the enqueue time where the log stamps.
    package var timestampMilliseconds: Int64
    /// The key, `nil` when the record has none.
    package var key: ByteBuffer?
    /// The payload; empty when the record's value is null.
    package var value: ByteBuffer
    /// Whether the record's value is null, as producers write to delete a key.
    package var isTombstone: Bool
    /// The headers, read when asked for.
    package var headers: LogRecordHeaders
}
