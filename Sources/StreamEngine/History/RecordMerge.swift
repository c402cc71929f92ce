internal import EventLog
internal import TelemetryModel

/// Stored batches of several topics in the order of the streams' clock: enqueue time, topic, partition, offset.
///
/// Source: DESIGN section 5. Memory: what one read of each topic brings, and the batches of one millisecond.
struct RecordMerge: Sendable {
    /// A batch and what the merge knows of it.
    struct Entry: Sendable {
        /// The topic's number among the query's.
        var topic: Int
        var batch: StoredBatch
        /// The enqueue time.
        var stamp: Timestamp
    }

    private var cursors: [TopicCursor]

    init(_ cursors: [TopicCursor]) {
        self.cursors = cursors
    }

    /// The batches of the next enqueue time; none at the end. Blocks.
    mutating func next() throws(EventLogError) -> [Entry] {
        var first: Timestamp?
        for index in self.cursors.indices {
            guard let stamp = try self.cursors[index].peek()?.stamp else { continue }
            first = min(first ?? stamp, stamp)
        }
        guard let first else { return [] }
        var entries: [Entry] = []
        for index in self.cursors.indices {
            let start = entries.count
            while let (batch, stamp) = try self.cursors[index].peek(), stamp == first {
                entries.append(Entry(topic: self.cursors[index].number, batch: batch, stamp: stamp))
                self.cursors[index].advance()
            }
            // Batches of one partition stand in the order of their offsets already, and a stable sort keeps that.
            let sorted = entries[start...].enumerated().sorted {
                ($0.element.batch.partition, $0.offset) < ($1.element.batch.partition, $1.offset)
            }
            entries.replaceSubrange(start..., with: sorted.map(\.element))
        }
        return entries
    }
}
