internal import LogFormat

/// A topic as it was found: what the writer goes on from.
struct RecoveredTopic {
    var name: String
    var directory: String
    var description: TopicDescription
    /// In order; the last one's file is open for writing.
    var segments: [Segment]
    /// Behind the last good batch of the last segment.
    var scan: SegmentScan
    /// The last enqueue stamp, ms since 1970; not before it when the batches show their producers' times.
    var stamp: Int64
    /// The stamp of the first append to the last segment; `nil` when there is none.
    var firstStamp: Int64?
    /// A place at most 64 KiB and one cycle before the end.
    var resume: ResumePoint
    /// Bytes of the last segment that the index beside it is of; 0: there is none.
    var indexedBytes: UInt64 = 0

    var partitionCount: Int { self.description.partitionCount }

    var settings: TopicSettings? { self.description.settings }

    var active: Segment { self.segments[self.segments.count - 1] }

    var end: LogPosition { LogPosition(segment: self.active.number, byte: self.scan.byte) }

    /// A topic whose last segment is new.
    init(name: String, directory: String, description: TopicDescription, segments: [Segment], header: SegmentHeader) {
        self.name = name
        self.directory = directory
        self.description = description
        self.segments = segments
        self.scan = SegmentScan(after: header)
        self.stamp = header.stamp
        self.resume = ResumePoint(after: header)
    }

    /// A topic whose last segment was checked.
    init(name: String, directory: String, description: TopicDescription, segments: [Segment], tail: RecoveredTail) {
        self.name = name
        self.directory = directory
        self.description = description
        self.segments = segments
        self.scan = tail.scan
        self.stamp = tail.stamp
        self.firstStamp = tail.firstStamp
        self.resume = tail.resume
        self.indexedBytes = tail.indexedBytes
    }
}
