internal import Glibc

/// A topic's files as they are at one moment, open: what is removed, grows or is replaced later changes nothing here.
///
/// - The last segment ends where the last synced commit cycle does.
/// - The mark of a clean stop, files that are being made and what recovery put aside are left out: a topic opens
///   without them. Indexes and producers' snapshots are in it.
package struct TopicCapture: Sendable {
    /// The topic's name, which is its folder's.
    package let topic: String
    /// The small files first, then the segments in order.
    package let files: [CapturedFile]
    /// Whether the last segment ends with a synced cycle. Behind a stopped gateway's there may be a torn write.
    package let isEndSynced: Bool

    /// Bytes in all files.
    package var bytes: UInt64 { self.files.reduce(0) { $0 + $1.bytes } }

    init(topic: String, files: [CapturedFile], isEndSynced: Bool) {
        self.topic = topic
        self.files = files
        self.isEndSynced = isEndSynced
    }
}

/// An open file of a topic and how much of it counts.
package struct CapturedFile: Sendable {
    /// The file's name in the topic's folder.
    package let name: String
    /// Bytes that count; the file may be longer by now.
    package let bytes: UInt64
    let path: String
    let file: any LogFile

    /// Up to `count` bytes from `position`; blocks.
    ///
    /// - Throws: `EventLogError`; also when the file has become shorter than ``bytes``.
    package func read(at position: UInt64, count: Int) throws(EventLogError) -> [UInt8] {
        let wanted = Int(min(UInt64(count), self.bytes - min(position, self.bytes)))
        let bytes: [UInt8]
        do throws(LogFileError) {
            bytes = try self.file.bytes(at: position, count: wanted)
        } catch {
            throw .file(error)
        }
        guard bytes.count == wanted else {
            let missing = wanted - bytes.count
            throw .readDamaged(
                file: self.path,
                byte: position + UInt64(bytes.count),
                detail: "the file ends here, \(missing) or more bytes are missing"
            )
        }
        return bytes
    }
}

extension TopicCapture {
    /// Captures the folder of a topic that no log has open.
    ///
    /// - Parameters:
    ///   - topic: its name.
    ///   - directory: its folder.
    ///   - files: the file layer.
    /// - Throws: `EventLogError.file`.
    package init(
        topic: String,
        directory: String,
        files: any LogFiles = PosixLogFiles()
    ) throws(EventLogError) {
        do throws(LogFileError) {
            var captured: [CapturedFile] = []
            for name in try files.list(directory).sorted() where !TopicCapture.isLeftOut(name) {
                let file = try files.open("\(directory)/\(name)", .read)
                captured.append(
                    CapturedFile(name: name, bytes: try file.size(), path: "\(directory)/\(name)", file: file)
                )
            }
            let isSegment = { (file: CapturedFile) in LogFileNames.segmentNumber(file.name) != nil }
            self.init(
                topic: topic,
                files: captured.filter { !isSegment($0) } + captured.filter(isSegment),
                isEndSynced: false
            )
        } catch {
            throw .file(error)
        }
    }

    /// Whether a copy goes without the file.
    static func isLeftOut(_ name: String) -> Bool {
        name == LogFileNames.cleanMark || name == LogFileNames.deletion || name.hasSuffix(LogFileNames.unfinishedSuffix)
            || name.hasSuffix(LogFileNames.lostSuffix)
    }
}

extension EventLog {
    /// A topic's files up to the last synced record; `nil` when it is deleted meanwhile: some of them may be gone then.
    ///
    /// Blocks, off the event loops; costs an open file for every file of the topic, for as long as the result lives.
    ///
    /// - Throws: `EventLogError` when a file cannot be opened, or the log is closed.
    package func capture(_ topic: LogTopic) throws(EventLogError) -> TopicCapture? {
        // A topic leaves the log before its first file goes.
        let isDeleted = { self.topic(named: topic.name) !== topic }
        do throws(EventLogError) {
            let capture = try topic.capture()
            return isDeleted() ? nil : capture
        } catch {
            if isDeleted() { return nil }
            throw error
        }
    }

    /// The folders of the topics that could not be opened, as they lie there; none of those that are being deleted.
    ///
    /// - Throws: `EventLogError.file`.
    package func captureUnopened() throws(EventLogError) -> [TopicCapture] {
        var captures: [TopicCapture] = []
        for name in self.failures.keys.sorted() {
            let directory = "\(self.configuration.directory)/\(name)"
            let names: [String]
            do throws(LogFileError) {
                names = try self.files.list(directory)
            } catch {
                if error.errno == ENOENT { continue }
                throw .file(error)
            }
            guard !names.contains(LogFileNames.deletion) else { continue }
            captures.append(try TopicCapture(topic: name, directory: directory, files: self.files))
        }
        return captures
    }
}

extension LogTopic {
    /// The topic's files up to the last synced record; blocks, off the event loops.
    ///
    /// Costs an open file for every segment, for as long as the result lives.
    package func capture() throws(EventLogError) -> TopicCapture {
        if self.status == .closed { throw .closed(topic: self.name) }
        let directory = self.segments.directory
        let files = self.segments.files
        do throws(LogFileError) {
            var captured: [CapturedFile] = []
            // The ends last: what the small files say of the segments is in the segments.
            for name in try files.list(directory).sorted()
            where !TopicCapture.isLeftOut(name) && LogFileNames.segmentNumber(name) == nil {
                let path = "\(directory)/\(name)"
                guard let file = try LogTopic.openUnlessRemoved(path, files) else { continue }
                captured.append(CapturedFile(name: name, bytes: try file.size(), path: path, file: file))
            }
            for (segment, bytes) in self.catalog.all.map({ (segment: $0, bytes: $0.readableBytes) }) {
                let name = LogFileNames.segment(segment.number)
                guard let file = try LogTopic.openUnlessRemoved(segment.path, files) else {
                    // Retention took it meanwhile, and all before it: the copy begins later.
                    captured.removeAll { LogFileNames.segmentNumber($0.name) != nil }
                    continue
                }
                captured.append(CapturedFile(name: name, bytes: bytes, path: segment.path, file: file))
            }
            return TopicCapture(topic: self.name, files: captured, isEndSynced: true)
        } catch {
            throw .file(error)
        }
    }

    private static func openUnlessRemoved(
        _ path: String,
        _ files: any LogFiles
    ) throws(LogFileError) -> (any LogFile)? {
        do throws(LogFileError) {
            return try files.open(path, .read)
        } catch {
            if error.errno == ENOENT { return nil }
            throw error
        }
    }
}
