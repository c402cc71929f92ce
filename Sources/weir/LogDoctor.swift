import EventLog
import GatewayClient
import Glibc
import TelemetryModel

/// Checks a log that no gateway has open.
enum LogDoctor {
    /// Whether there is such a folder.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Checks every checksum of the topics in a log's folder; nothing is changed. Blocks.
    ///
    /// - Parameters:
    ///   - directory: the log's folder.
    ///   - topic: only this one.
    ///   - receive: called with progress and reports as they come.
    /// - Throws: `CommandFailure` when the folder cannot be read or is in use, and what `receive` throws.
    static func checkFolder(
        _ directory: String,
        topic: String?,
        receive: (TopicCheckDescription) throws -> Void
    ) throws {
        do {
            let folder = try LogFolder(directory: directory)
            var topics = try folder.topics()
            if let topic {
                guard topics.contains(topic) else {
                    let hint = NearestName.of(topic, among: topics).map { "; did you mean “\($0)”?" } ?? ""
                    throw CommandFailure("there is no topic “\(topic)” in \(directory)\(hint)")
                }
                topics = [topic]
            }
            for topic in topics {
                let capture = try folder.capture(topic)
                var check = TopicCheck(capture)
                while try check.step() {
                    try receive(
                        TopicCheckDescription(topic: topic, bytes: check.report.bytes, bytesTotal: capture.bytes)
                    )
                }
                try receive(LogDoctor.description(of: check.report, bytesTotal: capture.bytes))
            }
        } catch let error as EventLogError {
            throw CommandFailure("\(error)")
        }
    }

    private static func description(of report: TopicCheck.Report, bytesTotal: UInt64) -> TopicCheckDescription {
        TopicCheckDescription(
            topic: report.topic,
            bytes: report.bytes,
            bytesTotal: bytesTotal,
            report: TopicCheckDescription.Report(
                segments: report.segments,
                batches: report.batches,
                records: report.records,
                bytes: report.bytes,
                tornBytes: report.tornBytes,
                faults: report.faults.map {
                    TopicCheckDescription.Fault(file: $0.file, byte: $0.byte, detail: $0.detail)
                }
            )
        )
    }
}
