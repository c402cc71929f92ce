import EventLog
import HubProtocol
import Hummingbird
import ServiceLifecycle
import TelemetryModel

/// Sends a topic's records as they are read, and when following, as they come.
///
/// - The next piece is read when the client has taken the one before: a slow client costs one piece of memory.
/// - Ends cleanly at the query's end and, when following, when the gateway stops; a reading that was cut short by
///   an error ends without the closing chunk, so that the client notices.
struct RecordStream: Sendable {
    /// Time between the end of a followed range and the last record that may still be on its way to the disk.
    private static let commitGrace: Duration = .seconds(1)

    var reader: RecordReader
    let topic: LogTopic
    let query: RecordQuery
    let files: BlockingPool
    let counters: APICounters
    let now: @Sendable () -> Timestamp

    /// Runs until the end of the query, the client or the gateway.
    ///
    /// - Parameter write: sends lines; returns when the client has room for more.
    /// - Throws: what stopped the reading, `CancellationError` when the client left.
    @concurrent
    mutating func run(write: @concurrent (ByteBuffer) async throws -> Void) async throws {
        while true {
            let (reader, piece) = try await self.files.run { [reader = self.reader] in
                var reader = reader
                let piece = try reader.next()
                return (reader, piece)
            }
            self.reader = reader
            if piece.lines.readableBytes > 0 { try await write(piece.lines) }
            self.counters.countRecords(piece.recordCount)
            try Task.checkCancellation()
            switch piece.continuation {
            case .more: continue
            case .finished: return
            case .atEnd: guard try await self.waitForMore() else { return }
            }
        }
    }

    /// Waits for a record past what was read; `false` when none will be wanted.
    private func waitForMore() async throws -> Bool {
        guard !Task.isShuttingDownGracefully else { return false }
        let limit = self.timeLeft()
        let position = self.reader.position
        if self.reader.hasReachedLastOffset || self.topic.status != .open || limit.map({ $0 <= .zero }) == true {
            // Nothing comes any more; what was synced since the last read is still wanted. Asked in this order.
            return self.topic.end > position
        }
        await cancelWhenGracefulShutdown { [topic = self.topic] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await topic.waitForRecords(after: position) }
                if let limit {
                    // Cancelled when a record comes first.
                    group.addTask { try? await Task.sleep(for: limit) }
                }
                await group.next()
                group.cancelAll()
            }
        }
        try Task.checkCancellation()
        return !Task.isShuttingDownGracefully
    }

    /// How long a followed range that ends at a time still lasts; `nil`: for ever.
    private func timeLeft() -> Duration? {
        guard case .time(let end) = self.query.to else { return nil }
        return end - self.now() + RecordStream.commitGrace
    }
}

/// A place among the open streams; given back when the answer ends, however it ends.
final class StreamPlace: Sendable {
    private let counters: APICounters

    /// Takes one.
    ///
    /// - Throws: `throttled` when `limit` streams are open.
    init(among limit: Int, _ counters: APICounters) throws(HubError) {
        guard counters.openStream(limit: limit) else {
            throw HubError(.throttled, "\(limit) streams are open, which is the most: try again later")
        }
        self.counters = counters
    }

    deinit {
        self.counters.closeStream()
    }
}
