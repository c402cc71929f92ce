internal import LogFormat
internal import Synchronization
internal import TelemetryModel

extension LogTopic {
    /// The position of a starting point. Cost: one index search and a walk over at most 64 KiB and one batch of frames;
    /// the first search in a sealed segment reads its index file, or walks over all of it once when there is none.
    package func position(at start: StartPoint) throws(EventLogError) -> LogPosition {
        if self.status == .closed { throw .closed(topic: self.name) }
        switch start {
        case .earliest:
            let first = self.catalog.first
            return LogPosition(segment: first.number, byte: first.firstByte)
        case .end:
            return self.end
        case .time(let time):
            return try self.position(ofTime: time)
        case .offset(let partition, let offset):
            return try self.position(ofOffset: offset, partition: partition)
        }
    }

    private func position(ofTime time: Timestamp) throws(EventLogError) -> LogPosition {
        // Everything before a segment is stamped no later than its header says.
        let segment = self.catalog.lastSegment { $0.stamp < time.milliseconds }
        let index = try self.index(of: segment)
        let start = index.byte(beforeStamp: time.milliseconds) ?? segment.firstByte
        // A batch with its producer's times may have been appended at any time.
        return try self.walk(segment, from: start) { _, header in
            !header.isLogAppendTime || header.maxTimestamp >= time.milliseconds
        }
    }

    private func position(ofOffset offset: Int64, partition: Int) throws(EventLogError) -> LogPosition {
        guard (0..<self.partitionCount).contains(partition) else {
            throw .unknownPartition(topic: self.name, partition: partition, count: self.partitionCount)
        }
        let startOffset = self.startOffsets[partition]
        let (endOffset, end) = self.state.withLock { ($0.syncedOffsets[partition], $0.syncedEnd) }
        if offset == endOffset { return end }
        guard offset >= startOffset, offset < endOffset else {
            throw .offsetOutOfRange(partition: partition, offset: offset, start: startOffset, end: endOffset)
        }
        let segment = self.catalog.lastSegment { $0.nextOffsets[partition] <= offset }
        let index = try self.index(of: segment)
        let start = index.byte(atOrBefore: offset, partition: partition) ?? segment.firstByte
        return try self.walk(segment, from: start) { frame, header in
            frame.partition == partition && offset < header.nextOffset
        }
    }

    /// The first batch at or behind `start` that fulfils `condition`, in this segment or a later one; else the end.
    private func walk(
        _ segment: Segment,
        from start: UInt64,
        until condition: (StoredFrame, RecordBatchHeader) -> Bool
    ) throws(EventLogError) -> LogPosition {
        var segment = segment
        var byte = start
        while true {
            let end = segment.readableBytes
            do throws(LogFileError) {
                var walk = FrameWalk(file: try self.catalog.file(of: segment), end: end)
                while byte < end {
                    guard let (frame, header) = try walk.frame(at: byte, salt: segment.header.salt) else { break }
                    if condition(frame, header) { return LogPosition(segment: segment.number, byte: byte) }
                    byte += UInt64(StoredFrame.size + frame.batchBytes)
                }
            } catch {
                throw self.fault(error, in: segment, at: byte)
            }
            guard byte == end else {
                throw .readDamaged(file: segment.path, byte: byte, detail: "no valid frame stands here")
            }
            guard let next = self.catalog.segment(segment.number + 1) else {
                return LogPosition(segment: segment.number, byte: end)
            }
            // It was the last one when its end was read, and may have grown before it was sealed.
            if segment.readableBytes > end { continue }
            segment = next
            byte = next.firstByte
        }
    }

    /// The segment's index, made by one walk over its frames when there is none, in memory or beside it.
    func index(of segment: Segment) throws(EventLogError) -> SparseIndex {
        if let index = self.catalog.storedIndex(of: segment) { return index }
        var index = SparseIndex(firstByte: segment.firstByte, baseOffsets: segment.header.nextOffsets)
        do throws(LogFileError) {
            var walk = FrameWalk(file: try self.catalog.file(of: segment), end: segment.readableBytes)
            var scan = SegmentScan(after: segment.header)
            while true {
                index.offer(byte: scan.byte, stamp: scan.stampMax, nextOffsets: scan.nextOffsets)
                switch try walk.step(&scan, verifyingBatch: false) {
                case .batch, .needs:
                    continue
                case .end:
                    self.catalog.keep(index, after: scan, of: segment)
                    return index
                case .damaged:
                    // Search the good part; a read that reaches the bad one says so. Not kept: looked at again.
                    return index
                }
            }
        } catch {
            throw self.fault(error, in: segment, at: segment.firstByte)
        }
    }
}
