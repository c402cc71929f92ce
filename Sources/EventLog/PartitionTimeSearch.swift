internal import LogFormat
package import TelemetryModel

/// A search for the first record of a partition that is not before a time, which may be done in turns: it may have to walk
/// over much of the log. From ``LogTopic/search(forTime:partition:decompress:)``.
package struct PartitionTimeSearch: Sendable {
    private let topic: LogTopic
    private var search: TimeSearch
    private var segment: Segment
    /// Where it goes on in the segment.
    private var byte: UInt64
    /// Whether it has looked at the segment from its first byte on.
    private var isWhole: Bool

    init(_ search: TimeSearch, of topic: LogTopic, in segment: Segment, from byte: UInt64) {
        self.topic = topic
        self.search = search
        self.segment = segment
        self.byte = byte
        self.isWhole = byte <= segment.firstByte
    }

    /// The record's offset and time; `nil` before the search is over, and when there is none.
    package var found: (offset: Int64, time: Timestamp)? {
        self.search.found.map { ($0.offset, Timestamp(milliseconds: $0.time)) }
    }

    /// Goes on in one segment. Blocks.
    ///
    /// - Parameter bytesMax: Bytes of the log after which it pauses, behind the batch that reaches them.
    /// - Returns: Whether the search is over.
    /// - Throws: `readDamaged`, or the file layer's reason.
    package mutating func goOn(bytesMax: UInt64 = .max) throws(EventLogError) -> Bool {
        let end = self.segment.readableBytes
        let next = self.topic.catalog.segment(self.segment.number + 1)
        if self.topic.canHold(self.search, segment: self.segment, next: next) {
            try self.walk(to: end, bytesMax: bytesMax)
            if self.search.found != nil { return true }
            if self.byte < end { return false }
        }
        // It was the last one when its end was read, and may have grown before it was sealed.
        let hasGrown = self.segment.readableBytes > end
        if self.isWhole, next != nil, !hasGrown, let latest = self.search.latest {
            self.topic.latestTimes.note(latest, segment: self.segment.number, partition: self.search.partition)
        }
        self.search.latest = nil
        guard let next else { return true }
        if hasGrown {
            (self.byte, self.isWhole) = (max(self.byte, end), false)
        } else {
            (self.segment, self.byte, self.isWhole) = (next, next.firstByte, true)
        }
        return false
    }

    private mutating func walk(to end: UInt64, bytesMax: UInt64) throws(EventLogError) {
        let damage: String?
        do throws(LogFileError) {
            let file = try self.topic.catalog.file(of: self.segment)
            let salt = self.segment.header.salt
            damage = try self.search.walk(file, salt: salt, from: &self.byte, to: end, bytesMax: bytesMax)
        } catch {
            throw self.topic.fault(error, in: self.segment, at: self.byte)
        }
        if let damage { throw .readDamaged(file: self.segment.path, byte: self.byte, detail: damage) }
    }
}
