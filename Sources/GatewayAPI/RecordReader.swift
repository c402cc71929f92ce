import EventLog
import HubProtocol
import LogFormat
import NIOCore
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
            var records = try batch.makeReader()
            if case .time(let end) = self.query.to, records.header.maxTimestamp >= end.milliseconds,
                records.header.baseTimestamp >= end.milliseconds
            {
                // Stamps never decrease within a topic: nothing wanted follows.
                return self.piece(writer, count, .finished)
            }
            while let record = try records.next() {
                guard self.query.wants(offset: record.offset, time: record.timestamp),
                    self.query.wants(key: record.key?.readableBytesView ?? ByteBufferView())
                else { continue }
                RecordLine.write(record, partition: batch.partition, to: &writer)
                count += 1
                if let remaining = self.remaining {
                    self.remaining = remaining - 1
                    if remaining == 1 { return self.piece(writer, count, .finished) }
                }
            }
        }
        let isAtEnd = result.next == self.position
        self.position = result.next
        return self.piece(writer, count, isAtEnd ? (self.end == nil ? .atEnd : .finished) : .more)
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
