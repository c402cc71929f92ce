import EventLog
import LogFormat
import Logging
import NIOCore
import RecordCompression
import TelemetryModel

/// Reads a topic of the log from a place on, for somebody who needs the newest and may miss something: what is too far behind, or
/// cannot be read, is passed over.
struct TopicFollower {
    let topic: LogTopic
    private(set) var position: LogPosition
    private let lagBytesMax: UInt64
    private let logger: Logger

    /// A follower from a starting point on; from the end when that is further back than it may be.
    ///
    /// - Parameters:
    ///   - topic: to be read.
    ///   - starts: tried in this order.
    ///   - lagBytesMax: how many bytes it may be behind the topic's end.
    ///   - logger: is told of what is passed over.
    init(_ topic: LogTopic, from starts: [StartPoint] = [], lagBytesMax: UInt64 = .max, logger: Logger) {
        self.topic = topic
        self.position = topic.end
        self.lagBytesMax = lagBytesMax
        self.logger = logger
        for start in starts {
            guard let position = try? topic.position(at: start), self.lag(of: position) <= lagBytesMax else { continue }
            self.position = position
            return
        }
    }

    /// Reads what there is, a part of it.
    ///
    /// - Parameters:
    ///   - maxBytes: about how much.
    ///   - body: gets the records in order.
    /// - Returns: whether there was anything, and whether something was passed over.
    mutating func read(maxBytes: Int, _ body: (LogRecord) -> Void) -> (isBusy: Bool, hasSkipped: Bool) {
        guard self.topic.status != .closed else { return (false, false) }
        guard self.lag(of: self.position) <= self.lagBytesMax else {
            return self.skip("they come faster than they are needed here")
        }
        do throws(EventLogError) {
            let read = try self.topic.read(from: self.position, maxBytes: maxBytes)
            self.position = read.next
            for batch in read.batches { self.read(batch, body) }
            return (!read.batches.isEmpty, false)
        } catch {
            return self.skip("\(error)")
        }
    }

    /// Returns when there is something to read, or the task is cancelled, or at once when the topic takes nothing.
    func wait() async {
        await self.topic.waitForRecords(after: self.position)
    }

    /// What a producer made unreadable says nothing here.
    private func read(_ batch: StoredBatch, _ body: (LogRecord) -> Void) {
        guard var reader = try? RecordBatchReader(decompressing: batch.bytes) else { return }
        while let record = (try? reader.nextReadable()) ?? nil { body(record) }
    }

    private mutating func skip(_ reason: String) -> (isBusy: Bool, hasSkipped: Bool) {
        self.position = self.topic.end
        self.logger.notice(
            "Home Assistant is not told of some records",
            metadata: ["topic": "\(self.topic.name)", "reason": "\(reason)"]
        )
        return (false, true)
    }

    private func lag(of position: LogPosition) -> UInt64 {
        let end = self.topic.end
        guard position < end else { return 0 }
        guard position.segment < end.segment else { return end.byte - position.byte }
        let bytes = self.topic.segmentSummaries.reduce(0) { $1.number >= position.segment ? $0 + $1.bytes : $0 }
        return bytes - min(bytes, position.byte)
    }
}
