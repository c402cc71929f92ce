import Dispatch
import EventLog
import Glibc
import Logging
import NIOCore
import Synchronization
import TelemetryModel

/// The log's way in, alone: one appender as an event loop has it, records of 128 bytes, the real disk.
///
/// `append-benchmark FOLDER RECORDS IN-FLIGHT telemetry|plain` appends and prints one JSON line. The folder must be new;
/// the segments stay in it, for `append.c` to write and sync the same bytes.
@main
struct AppendBenchmark {
    /// Records that one submit hands over, one a device: what one turn of a busy event loop brings.
    private static let recordsPerSubmit = 100
    private static let payloadBytes = 128
    private static let topicName = "bench"

    /// What the command line says.
    private struct Options {
        var folder: String
        var recordCount: Int
        /// Records submitted and not yet synced, at most.
        var inFlightMax: Int
        /// Whether records have a key and the headers that telemetry has.
        var isTelemetry: Bool

        init?(_ arguments: [String]) {
            guard arguments.count == 5, let recordCount = Int(arguments[2]), let inFlightMax = Int(arguments[3]),
                recordCount >= AppendBenchmark.recordsPerSubmit, inFlightMax >= AppendBenchmark.recordsPerSubmit,
                ["telemetry", "plain"].contains(arguments[4])
            else { return nil }
            self.folder = arguments[1]
            self.recordCount = recordCount
            self.inFlightMax = inFlightMax
            self.isTelemetry = arguments[4] == "telemetry"
        }
    }

    static func main() throws {
        guard let options = Options(CommandLine.arguments) else {
            print("usage: append-benchmark FOLDER RECORDS IN-FLIGHT telemetry|plain")
            exit(2)
        }
        let log = try EventLog(
            configuration: EventLog.Configuration(directory: options.folder),
            logger: Logger(label: "append-benchmark")
        )
        let topic = try log.openTopic(self.topicName, partitions: 4)
        let templates = (0..<self.recordsPerSubmit).compactMap { number in
            self.template(device: "dev-\(number)", isTelemetry: options.isTelemetry, topic)
        }
        let begin = (wall: self.seconds(CLOCK_MONOTONIC), processor: self.seconds(CLOCK_PROCESS_CPUTIME_ID))
        self.append(options, to: topic, templates)
        let wall = self.seconds(CLOCK_MONOTONIC) - begin.wall
        let processor = self.seconds(CLOCK_PROCESS_CPUTIME_ID) - begin.processor
        let (cycles, bytes) = (topic.commitCount, topic.storedBytes)
        log.close()
        print(
            #"{"records":\#(options.recordCount),"cycles":\#(cycles),"bytes":\#(bytes),"seconds":\#(wall),"#
                + #""cpu":\#(processor)}"#
        )
    }

    /// Returns when all records are synced.
    private static func append(_ options: Options, to topic: LogTopic, _ templates: [RecordTemplate]) {
        let synced = Synced()
        let appender = topic.makeAppender { synced.note($0) }
        let payload = ByteBuffer(repeating: UInt8(ascii: "x"), count: self.payloadBytes)
        let submitsInFlightMax = UInt64(options.inFlightMax / self.recordsPerSubmit)
        var submitted: UInt64 = 0
        for _ in 0..<(options.recordCount / self.recordsPerSubmit) {
            synced.wait(for: submitted - min(submitted, submitsInFlightMax - 1))
            for template in templates { appender.stage(template, value: payload) }
            guard case .accepted(let ticket) = appender.submit() else { preconditionFailure("the log refuses records") }
            submitted = ticket
        }
        synced.wait(for: submitted)
    }

    private static func template(device: String, isTelemetry: Bool, _ topic: LogTopic) -> RecordTemplate? {
        let partition = topic.partition(forKey: Array(device.utf8))
        guard isTelemetry else { return RecordTemplate(key: nil, partition: partition) }
        return IdentityID(device: device).map { RecordTemplate(device: $0, partition: partition) }
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// The last ticket that is synced; the writer thread notes it, the appending thread waits for it.
private final class Synced: Sendable {
    private let ticket = Atomic<UInt64>(0)
    private let semaphore = DispatchSemaphore(value: 0)

    func note(_ notice: CommitNotice) {
        precondition(notice.outcome == .synced, "the disk failed: \(notice.outcome)")
        self.ticket.store(notice.ticket, ordering: .releasing)
        self.semaphore.signal()
    }

    func wait(for ticket: UInt64) {
        while self.ticket.load(ordering: .acquiring) < ticket { self.semaphore.wait() }
    }
}
