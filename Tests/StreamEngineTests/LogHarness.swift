import EventLog
import LogFormat
import Logging
import NIOCore
import Synchronization
import TelemetryModel

@testable import StreamEngine

/// A real log in a temporary folder whose clock stands still until told.
final class LogHarness {
    private final class Clock: Sendable {
        let now = Mutex(Timestamp(milliseconds: 0))
    }

    let folder: TemporaryFolder
    private(set) var log: EventLog
    private let clock = Clock()

    init() throws {
        self.folder = try TemporaryFolder()
        self.log = try LogHarness.open(self.folder, self.clock)
        _ = try self.log.openTopic("telemetry", partitions: 3)
    }

    deinit { self.log.close() }

    var configuration: StreamConfiguration {
        var configuration = StreamConfiguration(checkpointDirectory: "\(self.folder.path)/streams")
        configuration.readBytesMax = 2_000
        configuration.seriesMax = 16
        return configuration
    }

    /// Closes the log and opens it again.
    func reopen() throws {
        self.log.close()
        self.log = try LogHarness.open(self.folder, self.clock)
    }

    /// Appends one record, enqueued at its time.
    func append(_ record: Workload.Record) async throws {
        let new = NewRecord(key: Array(record.device.utf8), value: record.payload)
        try await self.append(new, at: Timestamp(milliseconds: record.time))
    }

    /// Appends one record, enqueued at a time.
    func append(_ record: NewRecord, to name: String = "telemetry", at time: Timestamp) async throws {
        self.clock.now.withLock { $0 = time }
        _ = try await self.log.openTopic(name).append([record])
    }

    func session(append: StreamSession.Append? = nil) throws -> StreamSession {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        guard let append else { return try StreamSession(self.configuration, log: self.log, logger: logger) }
        return try StreamSession(self.configuration, log: self.log, logger: logger, append: append)
    }

    /// A topic's records as text, by partition.
    func records(_ name: String) throws -> [[String]] {
        let topic = try self.log.openTopic(name)
        var records = [[String]](repeating: [], count: topic.partitionCount)
        var position = try topic.position(at: .earliest)
        while true {
            let read = try topic.read(from: position, maxBytes: 1 << 20)
            if read.batches.isEmpty { return records }
            for batch in read.batches {
                for record in try batch.records {
                    let headers = record.headers.map { "\($0.name)=\(String(buffer: $0.value ?? ByteBuffer()))" }
                    let key = String(buffer: record.key ?? ByteBuffer())
                    let value = record.value.readableBytesView.map { String($0, radix: 16) }.joined()
                    records[batch.partition].append("\(key) \(value) \(headers.joined(separator: ","))")
                }
            }
            position = read.next
        }
    }

    /// All results, by topic and partition.
    func results() throws -> [[[String]]] {
        try ["windows", "alerts", "dead-letter"].map { try self.records($0) }
    }

    private static func open(_ folder: TemporaryFolder, _ clock: Clock) throws -> EventLog {
        try EventLog(
            configuration: EventLog.Configuration(directory: "\(folder.path)/log"),
            clock: { clock.now.withLock { $0 } },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}
