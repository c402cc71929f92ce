internal import LogFormat
internal import Synchronization

/// One segment file as its readers know it.
final class Segment: Sendable {
    private struct State {
        /// Bytes that may be read: all of them synced.
        var readableBytes: UInt64
        var file: (any LogFile)?
        var index: SparseIndex?
        /// Whether the index lies beside the segment too.
        var isIndexStored = false
    }

    let header: SegmentHeader
    let path: String
    private let state: Mutex<State>

    /// A segment.
    ///
    /// - Parameters:
    ///   - header: What stands at its front.
    ///   - path: Its file.
    ///   - readableBytes: Bytes that are synced.
    ///   - file: The open file, when it is open.
    ///   - index: Its index; `nil` to make it when it is first searched.
    init(header: SegmentHeader, path: String, readableBytes: UInt64, file: (any LogFile)?, index: SparseIndex?) {
        self.header = header
        self.path = path
        self.state = Mutex(State(readableBytes: readableBytes, file: file, index: index))
    }

    var number: UInt64 { self.header.number }

    var firstByte: UInt64 { UInt64(self.header.size) }

    var readableBytes: UInt64 { self.state.withLock { $0.readableBytes } }

    var index: SparseIndex? { self.state.withLock { $0.index } }

    /// The byte from which on the index takes its next place; the largest number when there is no index.
    var nextEntryAt: UInt64 { self.state.withLock { $0.index?.nextEntryAt ?? .max } }

    var openFile: (any LogFile)? { self.state.withLock { $0.file } }

    func set(file: (any LogFile)?) {
        self.state.withLock { $0.file = file }
    }

    func set(index: SparseIndex, isStored: Bool = false) {
        self.state.withLock { state in
            state.index = index
            state.isIndexStored = isStored
        }
    }

    /// The index lies beside the segment now.
    func noteStoredIndex() {
        self.state.withLock { $0.isIndexStored = true }
    }

    /// Closes the file, and forgets the index when it can be read again.
    func rest() {
        self.state.withLock { state in
            state.file = nil
            if state.isIndexStored { state.index = nil }
        }
    }

    /// Takes in what one synced cycle added.
    ///
    /// - Parameters:
    ///   - readableBytes: The new end.
    ///   - places: Where batches began from ``nextEntryAt`` on, with the latest stamp and the next offsets before them.
    func extend(to readableBytes: UInt64, places: [SegmentPlace]) {
        self.state.withLock { state in
            state.readableBytes = readableBytes
            for place in places {
                state.index?.offer(byte: place.byte, stamp: place.stamp, nextOffsets: place.nextOffsets)
            }
        }
    }
}

/// A place between two batches of a segment, with what stands before it.
struct SegmentPlace {
    var byte: UInt64
    var stamp: Int64
    var nextOffsets: [Int64]
}
