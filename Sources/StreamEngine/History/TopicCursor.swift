internal import EventLog
internal import LogFormat
internal import NIOCore
internal import TelemetryModel

/// A place in a topic's stored batches, with the next one at hand. Reading blocks.
struct TopicCursor: Sendable {
    /// Stored bytes read at once.
    private static let readBytes = 256 << 10

    /// The topic's number among the query's.
    let number: Int
    let topic: LogTopic
    /// Where reading ends.
    private let end: LogPosition
    private var position: LogPosition
    private var batches: ArraySlice<StoredBatch> = []
    /// The enqueue time of the batch before.
    private var stamp = Timestamp(milliseconds: .min)

    /// A cursor at the first batch that may hold a record from `from` on; what comes after now is not read.
    init(number: Int, topic: LogTopic, from: Timestamp?) throws(EventLogError) {
        self.number = number
        self.topic = topic
        self.end = try topic.position(at: .end)
        self.position = try topic.position(at: from.map { .time($0) } ?? .earliest)
    }

    /// The next batch with its enqueue time, which never goes back; `nil` at the end.
    ///
    /// Of a batch that shows its producer's times nobody knows when it came: not before the one in front of it.
    mutating func peek() throws(EventLogError) -> (batch: StoredBatch, stamp: Timestamp)? {
        if self.batches.isEmpty {
            guard self.position < self.end else { return nil }
            let read = try self.topic.read(from: self.position, maxBytes: TopicCursor.readBytes)
            self.position = read.batches.isEmpty ? self.end : read.next
            self.batches = read.batches[...]
        }
        guard let batch = self.batches.first, batch.position < self.end else { return nil }
        let header = try? batch.bytes.withUnsafeReadableBytes { try RecordBatchHeader(reading: $0) }
        if let header, header.attributes & RecordBatchHeader.logAppendTime != 0 {
            self.stamp = max(self.stamp, Timestamp(milliseconds: header.maxTimestamp))
        }
        return (batch, self.stamp)
    }

    /// Goes behind the batch that ``peek()`` gave.
    mutating func advance() {
        self.batches = self.batches.dropFirst()
    }
}
