package import EventLog
internal import LogFormat
internal import NIOCore
internal import RecordCompression
package import StreamSQL
package import TelemetryModel

/// One query over stored records, piece by piece: `weir query`.
///
/// - The records are those that are synced when it begins, of the wanted enqueue times, in the order of the streams' clock, so
///   that a live query over the same records gives the same results.
/// - At the end the clock moves on until nothing waits any more: windows that are still open are given as they are.
/// - Every call blocks on files. Memory: the query's own state, one read of each topic and the results of one piece.
package struct HistoryQuery: Sendable {
    /// Records after which a piece ends.
    private static let pieceRecords = 20_000
    /// Results and dead letters after which a piece ends.
    private static let pieceResults = 2_000

    /// What was done since the piece before.
    package struct Piece: Sendable {
        package var output: QueryOutput
        /// Records that no query can take: their batch cannot be read.
        package var unreadable: Int64
        package var isFinished: Bool
    }

    /// The plan that is carried out.
    package var plan: QueryPlan { self.query.plan }
    /// What was taken and given so far.
    package var counts: QueryCounts { self.query.counts }

    private var query: StreamQuery
    private var merge: RecordMerge
    private var waiting: ArraySlice<RecordMerge.Entry> = []
    private let from: Timestamp?
    private let to: Timestamp?
    private let readsHeaders: Bool

    /// A query at the beginning of its range.
    ///
    /// - Parameters:
    ///   - plan: what to do.
    ///   - log: has the topics.
    ///   - from: the first enqueue time; `nil`: as far back as the log goes.
    ///   - to: the first enqueue time no longer read; `nil`: the end.
    /// - Throws: `QueryError` when the plan cannot be carried out, `EventLogError` when a topic cannot be read.
    package init(
        _ plan: QueryPlan,
        log: EventLog,
        from: Timestamp?,
        to: Timestamp?
    ) throws {
        var environment = QueryEnvironment()
        environment.functions = DetectorFunctions()
        self.query = try StreamQuery(plan, environment: environment)
        var cursors: [TopicCursor] = []
        for (number, name) in plan.topics.enumerated() {
            guard let topic = log.topic(named: name) else { throw EventLogError.unknownTopic(name) }
            cursors.append(try TopicCursor(number: number, topic: topic, from: from))
        }
        self.merge = RecordMerge(cursors)
        self.from = from
        self.to = to
        self.readsHeaders = self.query.readsHeaders
    }

    /// Does the next piece.
    package mutating func next() throws(EventLogError) -> Piece {
        var piece = Piece(output: QueryOutput(), unreadable: 0, isFinished: false)
        let goal = self.query.counts.records + Int64(HistoryQuery.pieceRecords)
        while self.query.counts.records < goal,
            piece.output.results.count + piece.output.deadLetters.count < HistoryQuery.pieceResults
        {
            if self.waiting.isEmpty { self.waiting = try self.merge.next()[...] }
            guard let entry = self.waiting.popFirst(), self.to.map({ entry.stamp < $0 }) ?? true else {
                self.finish(&piece.output)
                piece.isFinished = true
                return piece
            }
            self.take(entry, into: &piece)
        }
        return piece
    }

    /// Lets everything happen that waits for the clock.
    private mutating func finish(_ output: inout QueryOutput) {
        while let wake = self.query.nextWake {
            let next = Timestamp(milliseconds: self.query.clock.milliseconds + 1)
            self.query.advance(to: max(wake, next), output: &output)
        }
    }

    private mutating func take(_ entry: RecordMerge.Entry, into piece: inout Piece) {
        var offset: Int64?
        do throws(UnreadableBatch) {
            var reader = try RecordBatchReader(decompressing: entry.batch.bytes)
            while let record = try reader.nextReadable() {
                offset = record.offset + 1
                if let from, entry.stamp < from { continue }
                self.take(record, of: entry, into: &piece.output)
            }
        } catch {
            let header = try? entry.batch.bytes.withUnsafeReadableBytes { try RecordBatchHeader(reading: $0) }
            if let header {
                piece.unreadable += header.nextOffset - max(offset ?? header.baseOffset, header.baseOffset)
            }
        }
    }

    private mutating func take(_ record: LogRecord, of entry: RecordMerge.Entry, into output: inout QueryOutput) {
        let key = record.key ?? ByteBuffer()
        let headers =
            self.readsHeaders
            ? record.headers.map {
                StreamHeader(name: $0.name, value: $0.value.map { String(buffer: $0) } ?? "")
            } : []
        record.value.withUnsafeReadableBytes { value in
            key.withUnsafeReadableBytes { key in
                self.query.receive(
                    StreamEvent(
                        topic: entry.topic,
                        partition: Int32(truncatingIfNeeded: entry.batch.partition),
                        offset: record.offset,
                        enqueued: entry.stamp,
                        device: key.assumingMemoryBound(to: UInt8.self),
                        payload: value.assumingMemoryBound(to: UInt8.self),
                        isHistorical: record.isBacklog,
                        headers: headers
                    ),
                    output: &output
                )
            }
        }
    }
}

extension LogRecord {
    /// Whether it may be older than what came before it: an agent's backlog, or an imported reading.
    fileprivate var isBacklog: Bool {
        self.headers.first(named: DeviceHeaders.historical).map { $0.readableBytesView.elementsEqual("true".utf8) }
            ?? false
    }
}
