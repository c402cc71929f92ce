internal import LogFormat
internal import Logging
internal import TelemetryModel

/// Opens a topic's folder after a clean stop, a crash or a power cut.
///
/// 1. Sealed segments: only their headers and lengths are looked at; reading them checks every batch.
/// 2. The last segment: every batch is checked; after a clean stop that left an index, the last 64 KiB are. From the first
///    bad byte on it is cut when that was a torn write, and refused unchanged when acknowledged records are behind it
///    (``TailVerdict``).
/// 3. Its last commit cycle is written once more and synced: after a failed fsync the kernel may hold pages that it
///    believes clean and that are on no disk.
/// 4. When records are gone, the next segment is made, which keeps their offsets from being given out again.
/// 5. The clean mark, which knew those offsets, is removed, and only then may anything be written.
///
/// Each step is durable before the next one begins, and another crash anywhere between them only repeats it.
struct TopicRecovery {
    let name: String
    let directory: String
    let files: any LogFiles
    let logger: Logger
    let now: @Sendable () -> Timestamp

    /// Opens the topic.
    ///
    /// - Parameter synced: How far the topic was synced, when it was fenced: less than that is damage.
    /// - Returns: The topic; `nil` when the folder holds none, or only the beginnings or the rest of one.
    /// - Throws: The file layer's reason, or `topicDamaged`.
    func open(synced: CleanMark? = nil) throws(EventLogError) -> RecoveredTopic? {
        let names = try self.filed { () throws(LogFileError) in try self.removeUnfinished() }
        if names.contains(LogFileNames.deletion) {
            try self.filed { () throws(LogFileError) in try self.finishDeletion() }
            return nil
        }
        let numbers = names.compactMap { LogFileNames.segmentNumber($0) }.sorted()
        guard names.contains(LogFileNames.description) else {
            let isUnfinished = try self.filed { () throws(LogFileError) in try self.isUnfinishedTopic(numbers) }
            if isUnfinished { return nil }
            throw self.damage(LogFileNames.description, "the file is missing")
        }
        let text = try self.filed { () throws(LogFileError) in try self.contents(LogFileNames.description) }
        guard let description = TopicDescription(reading: text) else {
            throw self.damage(LogFileNames.description, "it is not a topic's description in format 1 or 2")
        }
        var mark = synced
        if mark == nil { mark = try self.cleanMark(names, partitionCount: description.partitionCount) }
        try self.checkNumbers(numbers, mark: mark)
        var segments = try self.segments(numbers, partitionCount: description.partitionCount)
        let tail = try self.recoverLast(segments[segments.count - 1], mark: mark, isReopening: synced != nil)
        let scan = tail.scan
        let expected = zip(scan.nextOffsets, mark?.nextOffsets ?? scan.nextOffsets).map { max($0, $1) }
        var recovered = RecoveredTopic(
            name: self.name,
            directory: self.directory,
            description: description,
            segments: segments,
            tail: tail
        )
        // Cycles and offsets go on without a gap inside a segment: after a cut that left one, begin the next segment.
        if !scan.isCycleComplete || expected != scan.nextOffsets {
            let header = SegmentHeader(
                number: segments[segments.count - 1].number + 1,
                salt: .random(in: .min ... .max),
                cycle: scan.cycle,
                stamp: tail.stamp,
                previousBytes: scan.byte,
                nextOffsets: expected
            )
            segments.append(
                try self.filed { () throws(LogFileError) in
                    try Segment.create(header, in: self.directory, files: self.files)
                }
            )
            recovered = RecoveredTopic(
                name: self.name,
                directory: self.directory,
                description: description,
                segments: segments,
                header: header
            )
        }
        if names.contains(LogFileNames.cleanMark) {
            try self.filed { () throws(LogFileError) in
                try self.files.unlink(self.path(LogFileNames.cleanMark))
                try self.files.syncDirectory(self.directory)
            }
        }
        return recovered
    }

    /// Makes the topic, durably: the description comes last, so that a folder with one has a segment.
    ///
    /// A folder of the name that holds the rest of a deleted topic, or the beginnings of one, is emptied first.
    func create(_ description: TopicDescription) throws(EventLogError) -> RecoveredTopic {
        let header = SegmentHeader(
            number: 0,
            salt: .random(in: .min ... .max),
            cycle: 0,
            stamp: 0,
            previousBytes: 0,
            nextOffsets: Array(repeating: 0, count: description.partitionCount)
        )
        let segment = try self.filed { () throws(LogFileError) in
            try self.files.createDirectory(self.directory)
            if try self.files.list(self.directory).contains(LogFileNames.deletion) {
                try self.finishDeletion()
                try self.files.createDirectory(self.directory)
            }
            let segment = try Segment.create(header, in: self.directory, files: self.files)
            try self.files.replace(self.path(LogFileNames.description), with: Array(description.text.utf8))
            try self.files.syncDirectory(self.directory)
            return segment
        }
        return RecoveredTopic(
            name: self.name,
            directory: self.directory,
            description: description,
            segments: [segment],
            header: header
        )
    }

    private func segments(_ numbers: [UInt64], partitionCount: Int) throws(EventLogError) -> [Segment] {
        var found: [(header: SegmentHeader, path: String, size: UInt64)] = []
        for number in numbers {
            let path = self.path(LogFileNames.segment(number))
            let (bytes, size) = try self.filed { () throws(LogFileError) in
                let file = try self.files.open(path, .read)
                let count = SegmentHeader.size(partitionCount: partitionCount)
                return (try file.bytes(at: 0, count: count), try file.size())
            }
            let header = bytes.withUnsafeBytes { SegmentHeader(reading: $0, partitionCount: partitionCount) }
            guard let header, header.number == number else {
                throw self.damage(LogFileNames.segment(number), "the file does not begin with a valid header")
            }
            found.append((header, path, size))
        }
        var segments: [Segment] = []
        for (index, (header, path, size)) in found.enumerated() {
            let sealedBytes = index + 1 < found.count ? found[index + 1].header.previousBytes : nil
            if let sealedBytes, size < sealedBytes {
                self.logger.error(
                    "a sealed segment is shorter than it was; reads that reach the missing bytes fail",
                    metadata: ["file": "\(path)", "bytes": "\(size)", "expected": "\(sealedBytes)"]
                )
            }
            let readableBytes = sealedBytes ?? UInt64(header.size)
            segments.append(Segment(header: header, path: path, readableBytes: readableBytes, file: nil, index: nil))
        }
        return segments
    }

    // MARK: Small things

    func path(_ name: String) -> String { "\(self.directory)/\(name)" }

    func contents(_ name: String) throws(LogFileError) -> [UInt8] {
        let file = try self.files.open(self.path(name), .read)
        // A description and a mark have a few hundred bytes; more is not read.
        return try file.bytes(at: 0, count: Int(min(try file.size(), 4_096)))
    }

    func damage(_ name: String, at byte: UInt64 = 0, _ detail: String) -> EventLogError {
        .topicDamaged(topic: self.name, file: self.path(name), byte: byte, detail: detail)
    }

    /// Runs `body` with errors of the file layer as the log's.
    func filed<Result>(_ body: () throws(LogFileError) -> Result) throws(EventLogError) -> Result {
        do throws(LogFileError) {
            return try body()
        } catch {
            throw .file(error)
        }
    }
}
