internal import Glibc
internal import LogFormat
internal import Synchronization

/// A segment as seen from outside: where it begins and how long it is.
package struct SegmentSummary: Equatable, Sendable {
    /// Its number in the topic.
    package var number: UInt64
    /// Per partition the offset of its first record.
    package var startOffsets: [Int64]
    /// Bytes that can be read, its header included.
    package var bytes: UInt64
}

/// What a topic knows of segments that go.
struct Removal {
    /// Segments that readers find no more and whose files are still there, the oldest first.
    var waiting: [Segment] = []
}

extension LogTopic {
    /// The topic's segments, the oldest first; the last one still grows.
    package var segmentSummaries: [SegmentSummary] {
        self.catalog.all.map {
            SegmentSummary(number: $0.number, startOffsets: $0.header.nextOffsets, bytes: $0.readableBytes)
        }
    }

    /// Removes the sealed segments before segment `number`, the oldest first; blocks, off the event loops.
    ///
    /// - Each is gone durably before the next one goes: whatever crashes, the topic begins at a later segment and has
    ///   no hole. Its start offsets are then those of that segment's header.
    /// - Readers of what is gone get `positionOutOfRange` or `offsetOutOfRange`.
    /// - The last segment always stays. One caller at a time.
    ///
    /// - Throws: `closed`, or what the file layer said; the segment is then gone or not. The next call begins with it
    ///   again, before any other goes.
    package func removeSegments(before number: UInt64) throws(EventLogError) {
        try self.removal.withLock { removal throws(EventLogError) in
            if self.status == .closed { throw .closed(topic: self.name) }
            while true {
                if let segment = removal.waiting.first {
                    do throws(LogFileError) {
                        try self.segments.unlink(segment)
                    } catch {
                        throw .file(error)
                    }
                    removal.waiting.removeFirst()
                    continue
                }
                let first = self.catalog.first
                guard first.number < number, first.number < self.catalog.last.number else { return }
                self.catalog.removeFirst()
                removal.waiting.append(first)
            }
        }
    }
}

extension SegmentWriter {
    /// Takes a sealed segment's name away, durably. Any thread: it touches nothing of the writer's.
    func unlink(_ segment: Segment) throws(LogFileError) {
        do throws(LogFileError) {
            try self.files.unlink(segment.path)
        } catch {
            // Gone already when the folder's sync failed the last time.
            guard error.errno == ENOENT else { throw error }
        }
        try self.files.syncDirectory(self.directory)
        do throws(LogFileError) {
            try self.files.unlink("\(self.directory)/\(LogFileNames.index(segment.number))")
        } catch {
            // There was none; one that stays is removed when the topic is opened the next time.
        }
    }
}
