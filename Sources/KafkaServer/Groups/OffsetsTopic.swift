import DequeModule
import EventLog
import KafkaProtocol
import LogFormat
import Logging
import NIOCore

/// The topic `_offsets`, as the groups write it: records in the order of the calls, told of when they are synced.
///
/// Confined to one event loop.
final class OffsetsTopic {
    /// The topic's name.
    static let name = "_offsets"
    /// Bytes read at once at the start.
    private static let readBytes = 1 << 20

    private struct Written {
        var ticket: UInt64
        var isDone: ((_ isDurable: Bool) -> Void)?
    }

    let topic: LogTopic
    private let eventLoop: any EventLoop
    private let logger: Logger
    private var appender: LogAppender?
    /// Submitted, in order.
    private var written: Deque<Written> = []
    /// Staged while the topic was backed up, in order.
    private var staged: [((_ isDurable: Bool) -> Void)?] = []
    /// Whether the last submit was refused, which is told once.
    private var isRefused = false
    /// Called when something was synced.
    var onSynced: () -> Void = {}

    init(topic: LogTopic, eventLoop: any EventLoop, logger: Logger) {
        self.topic = topic
        self.eventLoop = eventLoop
        self.logger = logger
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        self.appender = topic.makeAppender { [weak eventLoop] notice in
            eventLoop?.execute { bound.value.noticed(notice) }
        }
    }

    /// Whether it takes records now, as far as one can know.
    var isTaking: Bool { self.staged.isEmpty && self.topic.unavailability == nil }

    /// Appends records in one piece, behind everything appended before; `isDone` is called once, on the loop.
    func append(_ records: [GroupRecord], isDone: ((_ isDurable: Bool) -> Void)? = nil) {
        guard let appender, !records.isEmpty else { return isDone?(true) ?? () }
        for record in records {
            appender.stage(RecordTemplate(key: record.key, partition: 0), value: ByteBuffer(bytes: record.value))
        }
        self.staged.append(isDone)
        self.submit()
    }

    private func submit() {
        guard let appender, !self.staged.isEmpty else { return }
        switch appender.submit() {
        case .accepted(let ticket):
            self.isRefused = false
            for isDone in exchange(&self.staged, with: []) {
                self.written.append(Written(ticket: ticket, isDone: isDone))
            }
        case .refused(.backedUp): break  // the next notice tries again
        case .refused(let refusal):
            if !exchange(&self.isRefused, with: true) {
                self.logger.error("offsets of groups are not stored", metadata: ["reason": "\(refusal)"])
            }
            for isDone in exchange(&self.staged, with: []) { isDone?(false) }
        }
    }

    private func noticed(_ notice: CommitNotice) {
        let isDurable = notice.outcome == .synced
        while let first = self.written.first, first.ticket <= notice.ticket {
            self.written.removeFirst()
            first.isDone?(isDurable)
        }
        self.submit()
        if isDurable { self.onSynced() }
    }

    /// All records of the topic, the oldest first; blocks.
    ///
    /// - Throws: `EventLogError`, or what is wrong with a batch; nothing is passed over.
    static func readAll(_ topic: LogTopic, _ body: (GroupRecord) throws -> Void) throws {
        var position = try topic.position(at: .earliest)
        while true {
            let result = try topic.read(from: position, maxBytes: OffsetsTopic.readBytes)
            guard !result.batches.isEmpty else { return }
            position = result.next
            for batch in result.batches {
                var reader = try batch.makeReader()
                while let record = try reader.next() {
                    let key = record.key.map { Array($0.readableBytesView) } ?? []
                    try body(GroupRecord(key: key, value: Array(record.value.readableBytesView)))
                }
            }
        }
    }
}
