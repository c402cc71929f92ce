import EventLog
import LogFormat
import Logging
import MQTTCodec
import NIOCore
import NIOPosix
import TelemetryModel

extension Broker {
    /// Bytes read from the journal at a time.
    static let readBytesMax = 256 << 10

    /// Reads messages on a file thread; `nil` for those that have no record, or cannot be read.
    func readBodies(_ records: [JournalRecord?], on eventLoop: any EventLoop) -> EventLoopFuture<[BrokerMessage?]> {
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { try self.bodies(of: records) }
    }

    /// The messages of records, in their order: all of them, or the first, when these are more than a client's queue may have
    /// in memory. Blocks.
    ///
    /// - Throws: when the log was closed: the messages stay where they are, and nothing behind them may overtake them.
    func bodies(of records: [JournalRecord?]) throws -> [BrokerMessage?] {
        var read: [UInt64: BrokerMessage] = [:]
        var bodies: [BrokerMessage?] = []
        var bytes = 0
        for record in records where bytes < self.configuration.clientQueueBytesMax {
            let body = try record.flatMap { try self.body(of: $0, &read) }
            bytes += body?.bytes ?? 0
            bodies.append(body)
        }
        return bodies
    }

    private func body(of record: JournalRecord, _ read: inout [UInt64: BrokerMessage]) throws -> BrokerMessage? {
        if let message = read[record.sequence] { return message }
        // The cleaner may move the record between the look at its offset and the read.
        for _ in 0..<3 {
            var offset: Int64 = -1
            self.withState { _ in offset = record.offset }
            do {
                try self.read(from: offset, into: &read)
            } catch EventLogError.offsetOutOfRange, EventLogError.positionOutOfRange {
                continue
            } catch {
                guard self.topic.status != .closed else { throw error }
                self.logger.error(
                    "a message that waits for a session cannot be read, it is dropped",
                    metadata: ["offset": "\(offset)", "error": "\(error)"]
                )
                return nil
            }
            if let message = read[record.sequence] { return message }
        }
        self.logger.error(
            "a message that waits for a session is not in the journal, it is dropped",
            metadata: ["sequence": "\(record.sequence)"]
        )
        return nil
    }

    private func read(from offset: Int64, into read: inout [UInt64: BrokerMessage]) throws {
        let position = try self.topic.position(at: .offset(partition: 0, offset))
        for batch in try self.topic.read(from: position, maxBytes: Broker.readBytesMax).batches {
            for record in try batch.records where record.offset >= offset {
                guard case .message(let entry) = JournalEntry(record) else { continue }
                read[entry.header.sequence] = entry.message
            }
        }
    }
}
