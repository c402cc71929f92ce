internal import LogFormat
internal import NIOCore

/// The records of stored batches that lie one after the other.
struct RecordBatches {
    private var bytes: ByteBuffer

    init(_ bytes: ByteBuffer) {
        self.bytes = bytes
    }

    /// The records of the next batch; `nil` behind the last one.
    mutating func next() throws(RecordBatchError) -> [LogRecord]? {
        guard self.bytes.readableBytes > 0 else { return nil }
        let header = try self.bytes.withUnsafeReadableBytes { bytes throws(RecordBatchError) in
            try RecordBatchHeader(reading: bytes)
        }
        guard let batch = self.bytes.readSlice(length: header.size) else {
            throw RecordBatchError(.lengthMismatch(stated: header.size, actual: self.bytes.readableBytes), at: 8)
        }
        var reader = try RecordBatchReader(batch, verifyingChecksum: false)
        return try reader.remaining()
    }
}
