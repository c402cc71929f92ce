package import LogFormat
package import NIOCore
package import TelemetryModel

/// A whole batch as it lies on disk, checked against both of its CRCs.
package struct StoredBatch: Equatable, Sendable {
    /// The batch's partition.
    package var partition: Int
    /// Where the batch stands in its topic.
    package var position: LogPosition
    /// The RecordBatch, as any Kafka client reads it.
    package var bytes: ByteBuffer

    /// A batch read from a topic.
    package init(partition: Int, position: LogPosition, bytes: ByteBuffer) {
        self.partition = partition
        self.position = position
        self.bytes = bytes
    }

    /// Its records as slices of ``bytes``; throws when the batch came from a client and is compressed or malformed.
    package var records: [LogRecord] {
        get throws(RecordBatchError) {
            var reader = try self.makeReader()
            return try reader.remaining()
        }
    }

    /// A reader of its records, one at a time; without `decompress` a compressed batch is refused.
    package func makeReader(
        decompress: RecordDecompression? = nil
    ) throws(RecordBatchError) -> RecordBatchReader {
        try RecordBatchReader(self.bytes, verifyingChecksum: false, decompress: decompress)
    }
}

/// Whole batches in commit order, and where to go on.
package struct LogReadResult: Equatable, Sendable {
    /// The batches; none at the end of the topic.
    package var batches: [StoredBatch]
    /// The position behind them.
    package var next: LogPosition

    /// A result of these parts.
    package init(batches: [StoredBatch], next: LogPosition) {
        self.batches = batches
        self.next = next
    }
}

extension LogRecord {
    /// The record's time; the enqueue time where the log stamps.
    package var timestamp: Timestamp { Timestamp(milliseconds: self.timestampMilliseconds) }
}
