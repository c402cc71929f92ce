/// Names of everything the log keeps on disk.
///
/// ```
/// log/                                the folder of one EventLog, locked (flock) while it is open
///   telemetry/                        one folder per topic
///     topic.meta                      TopicDescription: format version, partitions, settings (text)
///     topic.deleted                   the topic is gone, and this folder too when its files are removed
///     clean.mark                      CleanMark: only between a clean stop and the next start
///     00000000000000000000.log        segment 0: SegmentHeader, then (StoredFrame, RecordBatch) …
///     00000000000000000000.index      SegmentIndexFile of a sealed segment, or of the last one at a clean stop
///     00000000000000000001.log        segment 1: its header seals segment 0
///     00000000000000000001.log.lost   bytes recovery cut off although they had been synced (see TopicRecovery)
///     00000000000000000001.producers  ProducerSnapshot: producers up to a place in segment 1; only a help
///     *.new                           a file being made; removed at the next start
/// ```
/// What lies beside a segment holds nothing that its bytes do not tell, and goes with it.
enum LogFileNames {
    static let description = "topic.meta"
    static let deletion = "topic.deleted"
    static let cleanMark = "clean.mark"
    static let unfinishedSuffix = ".new"
    static let lostSuffix = ".lost"
    static let segmentSuffix = ".log"
    private static let indexSuffix = ".index"
    private static let producersSuffix = ".producers"
    private static let segmentDigits = 20

    /// The name of segment `number`: 20 digits, so that names sort as numbers.
    static func segment(_ number: UInt64) -> String { LogFileNames.name(number, segmentSuffix) }

    /// The number in a segment's name; `nil` for any other name.
    static func segmentNumber(_ name: String) -> UInt64? { LogFileNames.number(name, segmentSuffix) }

    /// The name of the index beside segment `number`.
    static func index(_ number: UInt64) -> String { LogFileNames.name(number, indexSuffix) }

    /// The number in an index's name; `nil` for any other name.
    static func indexNumber(_ name: String) -> UInt64? { LogFileNames.number(name, indexSuffix) }

    /// The name of the producers' snapshot in segment `number`.
    static func producers(_ number: UInt64) -> String { LogFileNames.name(number, producersSuffix) }

    /// The number in the name of a producers' snapshot; `nil` for any other name.
    static func producersNumber(_ name: String) -> UInt64? { LogFileNames.number(name, producersSuffix) }

    private static func name(_ number: UInt64, _ suffix: String) -> String {
        let digits = String(number)
        return String(repeating: "0", count: segmentDigits - digits.count) + digits + suffix
    }

    private static func number(_ name: String, _ suffix: String) -> UInt64? {
        guard name.utf8.count == segmentDigits + suffix.utf8.count, name.hasSuffix(suffix) else { return nil }
        let digits = name.dropLast(suffix.count)
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt64(digits)
    }

    /// The folder that a file or folder lies in.
    static func directory(of path: String) -> String {
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }
}
