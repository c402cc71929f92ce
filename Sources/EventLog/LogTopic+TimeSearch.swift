package import LogFormat
internal import NIOCore
internal import Synchronization
package import TelemetryModel

extension LogTopic {
    /// The first record of a partition whose time is `time` or later, by the time that the topic shows. Blocks.
    ///
    /// - By append time: one index search, and a walk over frames until the partition's next batch.
    /// - Where producers' times are kept these may be in any order: every batch from the first that can hold such a time
    ///   (24 hours before it, by append time) is looked at, once; what a sealed segment holds at most is remembered.
    ///
    /// - Parameters:
    ///   - time: The earliest time wanted.
    ///   - partition: 0 to ``partitionCount`` - 1.
    ///   - decompress: Opens compressed records to find the exact one; without it, or when it fails, the answer is the
    ///     first offset and the latest time of such a batch, which skips nothing.
    /// - Returns: Its offset and its time; `nil` when there is none.
    /// - Throws: `unknownPartition`, `closed`, `readDamaged`, or the file layer's reason.
    package func offset(
        ofTime time: Timestamp,
        partition: Int,
        decompress: RecordDecompression? = nil
    ) throws(EventLogError) -> (offset: Int64, time: Timestamp)? {
        var search = try self.search(forTime: time, partition: partition, decompress: decompress)
        while try !search.goOn() {}
        return search.found
    }

    /// The same search, to be done in turns; blocks for its beginning.
    ///
    /// - Parameters:
    ///   - time: The earliest time wanted.
    ///   - partition: 0 to ``partitionCount`` - 1.
    ///   - decompress: Opens compressed records to find the exact one.
    /// - Returns: A search that has looked at nothing yet.
    /// - Throws: `unknownPartition`, `closed`, or the file layer's reason.
    package func search(
        forTime time: Timestamp,
        partition: Int,
        decompress: RecordDecompression? = nil
    ) throws(EventLogError) -> PartitionTimeSearch {
        guard (0..<self.partitionCount).contains(partition) else {
            throw .unknownPartition(topic: self.name, partition: partition, count: self.partitionCount)
        }
        if self.status == .closed { throw .closed(topic: self.name) }
        let keepsTimes = self.settings.timestampType == .createTime
        let start = keepsTimes ? self.firstPosition(beforeOwnTime: time) : try self.position(at: .time(time))
        guard let segment = self.catalog.segment(start.segment) else { throw self.outOfRange(start) }
        let search = TimeSearch(time: time.milliseconds, partition: partition, decompress: decompress)
        return PartitionTimeSearch(search, of: self, in: segment, from: start.byte)
    }

    /// The first segment that can hold a producer's time `time`: none is more than 24 hours ahead of its append time.
    private func firstPosition(beforeOwnTime time: Timestamp) -> LogPosition {
        let earliest = time.milliseconds.subtractingReportingOverflow(LogTopic.timestampAheadMax)
        let stamp = earliest.overflow ? Int64.min : earliest.partialValue
        let segment = self.catalog.lastSegment { $0.stamp < stamp }
        return LogPosition(segment: segment.number, byte: segment.firstByte)
    }

    /// Whether a segment can hold what a search looks for.
    func canHold(_ search: TimeSearch, segment: Segment, next: Segment?) -> Bool {
        guard let next else { return true }
        let partition = search.partition
        if segment.header.nextOffsets[partition] == next.header.nextOffsets[partition] { return false }
        guard let latest = self.latestTimes.latest(segment: segment.number, partition: partition) else { return true }
        return latest >= search.time
    }
}
