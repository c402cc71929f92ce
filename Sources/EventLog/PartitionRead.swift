package import NIOCore

/// Stored batches of one partition, as a Fetch answer carries them.
package struct PartitionRead: Equatable, Sendable {
    /// Whole RecordBatches one after the other, exactly as on disk, frames left out; both CRCs of each were checked.
    package var batches: ByteBuffer
    /// Where to go on: the offset behind the last record; the offset asked for when there is none, or the one behind it
    /// when it and those up to there were lost.
    package var nextOffset: Int64
    /// The oldest offset there is.
    package var startOffset: Int64
    /// The offset behind the last synced record: the high watermark.
    package var endOffset: Int64

    /// A read of these parts.
    package init(batches: ByteBuffer, nextOffset: Int64, startOffset: Int64, endOffset: Int64) {
        self.batches = batches
        self.nextOffset = nextOffset
        self.startOffset = startOffset
        self.endOffset = endOffset
    }
}
