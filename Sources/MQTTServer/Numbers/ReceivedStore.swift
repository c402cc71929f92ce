package import EventLog
package import Logging
import ReadingNumbers
import Synchronization

/// Keeps ``ReceivedNumbers`` over restarts: a snapshot file, and the log behind the place that it covers.
///
/// The log is the truth: a file that is missing, damaged, of another version or of another log is as good as none, and
/// the whole log is read instead. Numbers may be taken in twice, so a snapshot may hold more than it says, never less.
///
/// The first block of the file is read at once, for the key of the devices' hashes; all else by ``catchUp()``, while the
/// gateway listens already.
///
/// ``init(path:topic:devicesMax:files:logger:)``, ``catchUp()`` and ``write(covering:)`` block; one caller at a time.
package final class ReceivedStore: Sendable {
    /// A moment of the log: all that is before its position is in ``numbers`` when ``isPassed(_:)`` says so and every
    /// event loop has worked off what it was given until then.
    package struct Mark: Equatable, Sendable {
        package let end: LogPosition
        let commits: Int
    }

    private struct State {
        /// What the file covers; `nil`: there is none.
        var covered: LogPosition?
        var fileBytes: UInt64 = 0
        /// Whether the file is still to be read.
        var isUnread = false
    }

    /// Bytes of the log that are read at a time.
    static let readBytes = 1 << 20

    /// What was received.
    package let numbers: ReceivedNumbers
    let topic: LogTopic
    let logger: Logger
    private let file: ReceivedFile
    private let isStopped = Atomic<Bool>(false)
    private let state: Mutex<State>

    /// Reads the beginning of the snapshot.
    ///
    /// - Parameters:
    ///   - path: the file; its folder must be there.
    ///   - topic: the telemetry.
    ///   - devicesMax: see ``ReceivedNumbers``.
    ///   - files: the file layer.
    ///   - logger: for a file that cannot be used.
    package init(
        path: String,
        topic: LogTopic,
        devicesMax: Int,
        files: any LogFiles = PosixLogFiles(),
        logger: Logger
    ) {
        self.topic = topic
        self.logger = logger
        self.file = ReceivedFile(path: path, files: files)
        var secret = SipHash.Key.random()
        var state = State()
        do throws(ReceivedFile.Fault) {
            let header = try self.file.header()
            let from = LogPosition(segment: header.from.segment, byte: header.from.byte)
            let upTo = LogPosition(segment: header.upTo.segment, byte: header.upTo.byte)
            guard from <= upTo, upTo <= topic.end else { throw .foreign }
            secret = header.secret
            state = State(covered: from, isUnread: true)
        } catch {
            if error != .missing { ReceivedStore.warn(error, path: path, logger) }
        }
        self.numbers = ReceivedNumbers(devicesMax: devicesMax, secret: secret) { topic.end }
        self.state = Mutex(state)
    }

    /// Reads the snapshot, when there is one that is not read yet. What cannot be used counts for nothing.
    func readFile() {
        guard self.state.withLock({ exchange(&$0.isUnread, with: false) }) else { return }
        do throws(ReceivedFile.Fault) {
            let bytes = try self.file.read(into: self.numbers)
            self.state.withLock { $0.fileBytes = bytes }
        } catch {
            ReceivedStore.warn(error, path: self.file.path, self.logger)
            self.numbers.forgetAll()
            self.state.withLock { $0 = State() }
        }
    }

    private static func warn(_ fault: ReceivedFile.Fault, path: String, _ logger: Logger) {
        logger.warning(
            "the snapshot of received numbers cannot be used, the whole log is read instead",
            metadata: ["file": "\(path)", "reason": "\(fault)"]
        )
    }

    /// What the file covers; `nil`: there is none that can be used. Certain when ``catchUp()`` has begun to read the log.
    package var covered: LogPosition? { self.state.withLock { $0.covered } }

    /// Bytes of the file.
    package var fileBytes: UInt64 { self.state.withLock { $0.fileBytes } }

    /// The log as it is now.
    package var mark: Mark {
        // In this order: the position is that of this commit or an earlier one.
        let end = self.topic.end
        return Mark(end: end, commits: self.topic.commitCount)
    }

    /// Whether the log has committed again since: then its notices of the mark were given to all event loops.
    package func isPassed(_ mark: Mark) -> Bool { self.topic.commitCount != mark.commits }

    /// Bytes of the log between two positions, without segments that were removed.
    package func distance(from start: LogPosition, to end: LogPosition) -> UInt64 {
        self.topic.segmentSummaries.reduce(0) { sum, segment in
            guard (start.segment...max(start.segment, end.segment)).contains(segment.number) else { return sum }
            let low = segment.number == start.segment ? min(start.byte, segment.bytes) : 0
            let high = segment.number == end.segment ? min(end.byte, segment.bytes) : segment.bytes
            return sum + (high > low ? high - low : 0)
        }
    }

    /// Makes ``catchUp()`` return where it is, for a shutdown.
    package func stopReading() { self.isStopped.store(true, ordering: .relaxed) }

    var mustStop: Bool { self.isStopped.load(ordering: .relaxed) }

    /// Replaces the file; returns when that is durable.
    ///
    /// - Parameter position: everything before it is in ``numbers``.
    /// - Throws: what the file layer said; the file is the old one then.
    package func write(covering position: LogPosition) throws(LogFileError) {
        let bytes = try self.file.replace(with: self.numbers, covering: position) {
            let end = self.topic.end
            return SnapshotHeader(
                secret: self.numbers.secret,
                from: SnapshotHeader.Place(segment: position.segment, byte: position.byte),
                upTo: SnapshotHeader.Place(segment: end.segment, byte: end.byte)
            )
        }
        self.state.withLock { $0 = State(covered: position, fileBytes: bytes) }
        self.numbers.dropDeletions(before: position)
    }
}
