internal import LogFormat
internal import NIOCore
internal import Synchronization

extension LogTopic {
    /// Bytes of other partitions' batches that one read may pass over, as a multiple of what it may return.
    private static let examinedFactor: UInt64 = 8
    private static let examinedMin: UInt64 = 8 << 20

    /// Stored batches of one partition, as a Fetch answer carries them; blocks on the disk when they are not in the page
    /// cache. Never past the synced end.
    ///
    /// Cost: a reader that goes on where it or another one ended searches nothing and reads only what is new.
    ///
    /// - Parameters:
    ///   - partition: 0 to ``partitionCount`` - 1.
    ///   - offset: The first batch is the one that holds it, and may begin before it.
    ///   - maxBytes: Bytes of batches at most.
    ///   - isFirstWhole: Whether a first batch that is longer is returned nevertheless (KIP-74).
    /// - Returns: The batches, none at the end, where to go on, and the offsets there are.
    /// - Throws: `unknownPartition`, `offsetOutOfRange`, `closed`, `readDamaged` with file and byte when the first batch
    ///   is damaged, or the file layer's reason.
    package func readPartition(
        _ partition: Int,
        from offset: Int64,
        maxBytes: Int,
        isFirstWhole: Bool
    ) throws(EventLogError) -> PartitionRead {
        guard (0..<self.partitionCount).contains(partition) else {
            throw .unknownPartition(topic: self.name, partition: partition, count: self.partitionCount)
        }
        let (isClosed, endOffset) = self.state.withLock { ($0.status == .closed, $0.syncedOffsets[partition]) }
        if isClosed { throw .closed(topic: self.name) }
        let startOffset = self.catalog.first.header.nextOffsets[partition]
        guard (startOffset...max(startOffset, endOffset)).contains(offset) else {
            throw .offsetOutOfRange(partition: partition, offset: offset, start: startOffset, end: endOffset)
        }
        var gather = PartitionGather(
            PartitionSift(
                partition: partition,
                from: offset,
                below: endOffset,
                maxBytes: maxBytes,
                isFirstWhole: isFirstWhole
            )
        )
        if offset < endOffset { try self.gather(&gather, from: offset, partition: partition, maxBytes: maxBytes) }
        return PartitionRead(
            batches: LogTopic.compact(gather.batches),
            nextOffset: gather.nextOffset,
            startOffset: startOffset,
            endOffset: endOffset
        )
    }

    private func gather(
        _ gather: inout PartitionGather,
        from offset: Int64,
        partition: Int,
        maxBytes: Int
    ) throws(EventLogError) {
        let examinedMax = max(UInt64(max(maxBytes, 0)) * LogTopic.examinedFactor, LogTopic.examinedMin)
        var (segment, byte) = try self.place(of: offset, partition: partition)
        while true {
            let end = segment.readableBytes
            let stop: PartitionSift.Stop
            do throws(LogFileError) {
                let file = try self.catalog.file(of: segment)
                stop = try gather.gather(file, salt: segment.header.salt, from: byte, to: end)
            } catch {
                throw self.partitionFault(error, in: segment, offset: offset, partition: partition)
            }
            let position = LogPosition(segment: segment.number, byte: gather.byte)
            switch stop {
            case .damaged(let detail):
                // What stands before it is good; the next read begins here and says so.
                guard gather.batches.readableBytes > 0 else {
                    throw .readDamaged(file: segment.path, byte: gather.byte, detail: detail)
                }
                self.cursors.note(position, for: gather.nextOffset, partition: partition)
                return
            case .full:
                self.cursors.note(position, for: gather.nextOffset, partition: partition)
                return
            case .foreign:
                if gather.bytesExamined >= examinedMax, gather.batches.readableBytes > 0 {
                    self.cursors.note(position, for: gather.nextOffset, partition: partition)
                    return
                }
                let indexed = try self.index(of: segment).byte(atOrBefore: gather.nextOffset, partition: partition)
                byte = max(gather.byte, indexed ?? 0)
            case .more:
                guard let next = self.nextSegment(after: segment, partition: partition, offset: gather.nextOffset)
                else {
                    self.cursors.note(position, for: gather.nextOffset, partition: partition)
                    return
                }
                // It was the last one when its end was read, and may have grown before it was sealed.
                if segment.readableBytes > end {
                    byte = end
                } else {
                    (segment, byte) = (next, next.firstByte)
                }
            }
        }
    }

    /// Where to look for an offset that is there: what a reader left, or the index.
    private func place(of offset: Int64, partition: Int) throws(EventLogError) -> (Segment, UInt64) {
        if let cursor = self.cursors.position(of: offset, partition: partition),
            let segment = self.catalog.segment(cursor.segment), segment.header.nextOffsets[partition] <= offset
        {
            return (segment, cursor.byte)
        }
        let segment = self.catalog.lastSegment { $0.nextOffsets[partition] <= offset }
        let index = try self.index(of: segment)
        return (segment, index.byte(atOrBefore: offset, partition: partition) ?? segment.firstByte)
    }

    /// The segment that goes on with a partition from `offset`; those without any of its records are passed over.
    private func nextSegment(after segment: Segment, partition: Int, offset: Int64) -> Segment? {
        guard let next = self.catalog.segment(segment.number + 1) else { return nil }
        let holding = self.catalog.lastSegment { $0.nextOffsets[partition] <= offset }
        return holding.number > next.number ? holding : next
    }

    private func partitionFault(
        _ error: LogFileError,
        in segment: Segment,
        offset: Int64,
        partition: Int
    ) -> EventLogError {
        guard self.catalog.segment(segment.number) == nil else { return .file(error) }
        let start = self.catalog.first.header.nextOffsets[partition]
        return .offsetOutOfRange(partition: partition, offset: offset, start: start, end: self.endOffsets[partition])
    }

    /// A result that fills little of the memory it was read into is copied: it may wait long for a slow client.
    private static func compact(_ batches: ByteBuffer) -> ByteBuffer {
        if batches.readableBytes == 0 { return ByteBuffer() }
        guard batches.readableBytes < batches.capacity / 4 else { return batches }
        var copy = ByteBufferAllocator().buffer(capacity: batches.readableBytes)
        copy.writeImmutableBuffer(batches)
        return copy
    }
}
