internal import LogFormat
internal import Synchronization

/// A topic as it was synced at one moment, for a copy of its files while it goes on.
///
/// As long as it is held no file named in it goes away, whatever retention removes, but when the topic is deleted.
package final class TopicSnapshot: Sendable {
    /// A file, of which the first bytes do not change any more.
    package struct File: Equatable, Sendable {
        /// Its name in the topic's folder.
        package var name: String
        /// Where to read it.
        package var path: String
        /// Bytes to copy, from the front.
        package var bytes: UInt64
    }

    /// The topic's name.
    package let topic: String
    /// What to write as `topic.meta`.
    package let description: [UInt8]
    /// The segments, the oldest first.
    package let segments: [File]
    /// Per partition the offset behind the last record in them.
    package let endOffsets: [Int64]
    private let unpin: @Sendable () -> Void

    init(
        topic: String,
        description: [UInt8],
        segments: [File],
        endOffsets: [Int64],
        unpin: @escaping @Sendable () -> Void
    ) {
        self.topic = topic
        self.description = description
        self.segments = segments
        self.endOffsets = endOffsets
        self.unpin = unpin
    }

    deinit { self.unpin() }

    /// The name of the file that ``description`` is.
    package static var descriptionName: String { LogFileNames.description }
}

extension LogTopic {
    /// The topic as it is synced now. A log opened on a copy of these files has its records up to `endOffsets` and no more.
    ///
    /// - Returns: Hold it until they are copied.
    /// - Throws: `closed`.
    package func snapshot() throws(EventLogError) -> TopicSnapshot {
        try self.removal.withLock { removal throws(EventLogError) in
            let (end, endOffsets, isClosed) = self.state.withLock { state in
                (state.syncedEnd, state.syncedOffsets, state.status == .closed)
            }
            if isClosed { throw .closed(topic: self.name) }
            removal.pins += 1
            // A segment behind the end is empty.
            let segments = self.catalog.all.filter { $0.number <= end.segment }.map { segment in
                TopicSnapshot.File(
                    name: LogFileNames.segment(segment.number),
                    path: segment.path,
                    bytes: segment.number == end.segment ? end.byte : segment.readableBytes
                )
            }
            let description = TopicDescription(partitionCount: self.partitionCount, settings: self.settings)
            return TopicSnapshot(
                topic: self.name,
                description: Array(description.text.utf8),
                segments: segments,
                endOffsets: endOffsets,
                unpin: { self.removal.withLock { $0.pins -= 1 } }
            )
        }
    }
}
