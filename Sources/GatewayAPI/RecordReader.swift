import EventLog
import HubProtocol
import LogFormat
import NIOCore
import RecordCompression
import TelemetryJSON
import TelemetryModel

/// Reads the wanted records of a topic piece by piece and turns them into JSON lines. Every call blocks on files.
///
/// - Records come in commit order; nothing past the synced end is read.
/// - Memory of one piece: `pieceBytes` of stored batches, at least one batch, and the lines they become.
struct RecordReader: Sendable {
    /// Stored bytes read at once.
    private static let pieceBytes = 256 << 10

    /// Lines and what follows them.
    struct Piece: Sendable {
        enum Continuation: Equatable, Sendable {
            /// There is more to read.
            case more
            /// All that is stored has been read; more may come.
            case atEnd
            /// Nothing wanted follows.
            case finished
        }

        var lines: ByteBuffer
        var recordCount: Int
        var continuation: Continuation
    }

    /// Where reading goes on.
    private(set) var position: LogPosition
    private let topic: LogTopic
    private let query: RecordQuery
    /// Where reading ends; `nil` when following.
    private let end: LogPosition?
    /// Records still wanted; `nil`: all.
    private var remaining: Int?

    /// A reader at the first place that can hold a wanted record.
    ///
    /// - Parameters:
    ///   - topic: what to read.
    ///   - query: which records.
    /// - Throws: `EventLogError`.
    init(topic: LogTopic, query: RecordQuery) throws {
        self.topic = topic
        self.query = query
        self.remaining = query.max
        self.end = query.isFollowing ? nil : try topic.position(at: .end)
        self.position = try RecordReader.start(of: query, in: topic)
    }

    /// The next piece.
    mutating func next() throws -> Piece {
        var writer = JSONWriter(capacity: RecordReader.pieceBytes)
        var count = 0
        guard self.remaining != 0, self.query.to != .earliest else { return self.piece(writer, count, .finished) }
        if let end = self.end, self.position >= end { return self.piece(writer, count, .finished) }
        let result = try self.topic.read(from: self.position, maxBytes: RecordReader.pieceBytes)
        for batch in result.batches {
            if let end = self.end, batch.position >= end { return self.piece(writer, count, .finished) }
            if let partition = self.query.partition, partition != batch.partition { continue }
            if try self.isPastEnd(batch) { return self.piece(writer, count, .finished) }
            try self.write(batch, to: &writer, count: &count)
            if self.remaining == 0 { return self.piece(writer, count, .finished) }
        }
        let isAtEnd = result.next == self.position
        self.position = result.next
        return self.piece(writer, count, isAtEnd ? (self.end == nil ? .atEnd : .finished) : .more)
    }

    /// Whether stamps have passed the query's end: they never decrease within a topic, so nothing wanted follows.
    /// Batches with their producer's own times say nothing of what follows.
    private func isPastEnd(_ batch: StoredBatch) throws -> Bool {
        guard case .time(let end) = self.query.to else { return false }
        let header = try batch.bytes.withUnsafeReadableBytes { try RecordBatchHeader(reading: $0) }
        return header.attributes & RecordBatchHeader.logAppendTime != 0 && header.maxTimestamp >= end.milliseconds
    }

    /// Writes the wanted records of a batch; what its producer made unreadable is one line that says so.
    private mutating func write(_ batch: StoredBatch, to writer: inout JSONWriter, count: inout Int) throws {
        var next: Int64?
        do throws(UnreadableBatch) {
            var records = try RecordBatchReader(decompressing: batch.bytes)
            while let record = try records.nextReadable() {
                next = record.offset + 1
                guard self.query.wants(offset: record.offset, time: record.timestamp),
                    self.query.wants(key: record.key?.readableBytesView ?? ByteBufferView())
                else { continue }
                RecordLine.write(record, partition: batch.partition, to: &writer)
                guard self.take(&count) else { return }
            }
        } catch {
            let header = try batch.bytes.withUnsafeReadableBytes { try RecordBatchHeader(reading: $0) }
            let first = max(next ?? header.baseOffset, header.baseOffset)
            let time = Timestamp(milliseconds: header.maxTimestamp)
            // Whose records they are nobody knows.
            guard self.query.device == nil, self.query.wants(offset: first, time: time) else { return }
            let records = header.nextOffset - first
            RecordLine.writeUnreadable(
                records,
                partition: batch.partition,
                offset: first,
                time: time,
                reason: "\(error)",
                to: &writer
            )
            _ = self.take(&count)
        }
    }

    /// Counts a line; `false` when it was the last one wanted.
    private mutating func take(_ count: inout Int) -> Bool {
        count += 1
        guard let remaining = self.remaining else { return true }
        self.remaining = remaining - 1
        return remaining > 1
    }

    /// Whether every partition has reached the offset that the query ends with.
    var hasReachedLastOffset: Bool {
        guard case .offset(let end) = self.query.to else { return false }
        return self.wantedPartitions.allSatisfy { self.topic.endOffsets[$0] >= end }
    }

    private var wantedPartitions: Range<Int> {
        self.query.partition.map { $0..<$0 + 1 } ?? 0..<self.topic.partitionCount
    }

    private func piece(_ writer: JSONWriter, _ count: Int, _ continuation: Piece.Continuation) -> Piece {
        Piece(lines: ByteBuffer(bytes: writer.bytes), recordCount: count, continuation: continuation)
    }

    private static func start(of query: RecordQuery, in topic: LogTopic) throws -> LogPosition {
        switch query.from {
        case .earliest: return try topic.position(at: .earliest)
        case .end: return try topic.position(at: .end)
        case .time(let time): return try topic.position(at: .time(time))
        case .offset(let offset):
            // The first place where any wanted partition has reached the offset; earlier ones are passed over.
            var first = try topic.position(at: .end)
            let starts = topic.startOffsets
            let ends = topic.endOffsets
            for partition in query.partition.map({ $0..<$0 + 1 }) ?? 0..<topic.partitionCount
            where offset < ends[partition] {
                let reachable = max(offset, starts[partition])
                first = min(first, try topic.position(at: .offset(partition: partition, reachable)))
            }
            return first
        }
    }
}
