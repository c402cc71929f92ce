internal import LogFormat
internal import Synchronization

/// A topic's segments in order, and their open files.
final class SegmentCatalog: Sendable {
    /// Sealed segments whose files stay open for readers.
    static let openSealedMax = 16

    private struct State {
        var segments: [Segment]
        /// Sealed segments with an open file, the longest unused first.
        var opened: [Segment] = []
        /// Whether no file is kept open any more.
        var isClosed = false
    }

    private let files: any LogFiles
    private let state: Mutex<State>

    init(files: any LogFiles, segments: [Segment]) {
        precondition(!segments.isEmpty, "a topic has at least one segment")
        self.files = files
        self.state = Mutex(State(segments: segments))
    }

    var all: [Segment] { self.state.withLock { $0.segments } }

    var first: Segment { self.state.withLock { $0.segments[0] } }

    var last: Segment { self.state.withLock { $0.segments[$0.segments.count - 1] } }

    /// Segment `number`; `nil` when there is none (any more, or yet).
    func segment(_ number: UInt64) -> Segment? {
        self.state.withLock { state in
            let first = state.segments[0].number
            guard number >= first, number - first < UInt64(state.segments.count) else { return nil }
            return state.segments[Int(number - first)]
        }
    }

    /// The last segment that fulfils `condition`, which the first ones do and the others do not; the first when none does.
    func lastSegment(where condition: (SegmentHeader) -> Bool) -> Segment {
        self.state.withLock { state in
            var low = 0
            var high = state.segments.count
            while low < high {
                let middle = (low + high) / 2
                if condition(state.segments[middle].header) { low = middle + 1 } else { high = middle }
            }
            return state.segments[max(low - 1, 0)]
        }
    }

    func append(_ segment: Segment) {
        self.state.withLock { state in
            // The one before is sealed now: its file is one of those that may be closed.
            if let previous = state.segments.last { SegmentCatalog.touch(previous, in: &state.opened) }
            state.segments.append(segment)
        }
    }

    /// The front of the oldest segment, when `position` is the end of the one before it, which was removed.
    func start(behindRemoved position: LogPosition) -> LogPosition? {
        let first = self.first
        guard first.number > 0, position.segment == first.number - 1, position.byte == first.header.previousBytes
        else { return nil }
        return LogPosition(segment: first.number, byte: first.firstByte)
    }

    /// Takes the oldest segment out, unless it is the last; readers find it no more.
    func removeFirst() {
        self.state.withLock { state in
            guard state.segments.count > 1 else { return }
            let segment = state.segments.removeFirst()
            state.opened.removeAll { $0 === segment }
            segment.set(file: nil)
        }
    }

    /// Puts other segments in place of all, after a recovery.
    func replace(with segments: [Segment]) {
        precondition(!segments.isEmpty, "a topic has at least one segment")
        self.state.withLock { state in
            for segment in state.segments { segment.rest() }
            state.segments = segments
            state.opened = []
        }
    }

    /// The index of a sealed segment from memory or from beside it; `nil` when it must be made.
    func storedIndex(of segment: Segment) -> SparseIndex? {
        if let index = segment.index { return index }
        guard segment.number < self.last.number,
            let stored = self.files.index(of: segment.header, at: segment.path, bytes: segment.readableBytes)
        else { return nil }
        segment.set(index: stored.index, isStored: true)
        return stored.index
    }

    /// Keeps an index that was made by a walk over all of the segment, beside it when the segment is sealed.
    ///
    /// - Parameters:
    ///   - index: The index.
    ///   - scan: Behind the walk.
    ///   - segment: The segment.
    func keep(_ index: SparseIndex, after scan: SegmentScan, of segment: Segment) {
        segment.set(index: index)
        guard segment.number < self.last.number, scan.byte == segment.readableBytes, index.count > 0 else { return }
        let stored = SegmentIndexFile(
            bytes: scan.byte,
            stamp: scan.stamp,
            firstStamp: segment.header.stamp,
            resume: ResumePoint(after: segment.header),
            index: index
        )
        do throws(LogFileError) {
            try self.files.write(stored, of: segment.header, at: segment.path)
            segment.noteStoredIndex()
        } catch {
            // No room, or read only: it is made again when the log is opened the next time.
        }
    }

    /// The segment's file, opened when it is not open.
    func file(of segment: Segment) throws(LogFileError) -> any LogFile {
        if let file = segment.openFile { return file }
        let file = try self.files.open(segment.path, .read)
        self.state.withLock { state in
            // One that was removed or closed meanwhile is this reader's alone, and its room on the disk comes back with it.
            guard !state.isClosed, state.segments.contains(where: { $0 === segment }) else { return }
            segment.set(file: file)
            SegmentCatalog.touch(segment, in: &state.opened)
        }
        return file
    }

    /// Closes all files, for good: a reader that comes late opens one for itself.
    func closeFiles() {
        self.state.withLock { state in
            state.isClosed = true
            state.opened = []
            for segment in state.segments { segment.set(file: nil) }
        }
    }

    private static func touch(_ segment: Segment, in opened: inout [Segment]) {
        opened.removeAll { $0 === segment }
        opened.append(segment)
        if opened.count > SegmentCatalog.openSealedMax { opened.removeFirst().rest() }
    }
}
