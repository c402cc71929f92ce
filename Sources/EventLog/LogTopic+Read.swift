internal import LogFormat
internal import NIOCore
internal import Synchronization

extension LogTopic {
    /// Whole stored batches in commit order, from the page cache; blocks on the disk when they are not in it.
    ///
    /// Never past the synced end. Both CRCs of every batch are checked; bad bytes are an error, never skipped.
    ///
    /// - Parameters:
    ///   - position: Where to start, from ``position(at:)`` or an earlier ``LogReadResult/next``.
    ///   - maxBytes: Stored bytes to read at most; a first batch that is longer is read whole.
    /// - Returns: The batches, none at the end, and the position behind them.
    /// - Throws: `readDamaged` with file and byte, `positionOutOfRange`, or the file layer's reason.
    package func read(from position: LogPosition, maxBytes: Int) throws(EventLogError) -> LogReadResult {
        if self.status == .closed { throw .closed(topic: self.name) }
        var position = position
        while true {
            guard let segment = self.catalog.segment(position.segment) else {
                // Who has read all of a segment loses nothing when it is removed.
                guard let start = self.catalog.start(behindRemoved: position) else { throw self.outOfRange(position) }
                position = start
                continue
            }
            position.byte = max(position.byte, segment.firstByte)
            let readable = segment.readableBytes
            if position.byte < readable {
                return try self.read(segment, from: position.byte, below: readable, maxBytes: maxBytes)
            }
            guard position.byte == readable else { throw self.outOfRange(position) }
            // A segment that has a successor does not grow any more; look again, it may have grown just before.
            guard let next = self.catalog.segment(position.segment + 1) else {
                return LogReadResult(batches: [], next: position)
            }
            if segment.readableBytes == readable { position = LogPosition(segment: next.number, byte: next.firstByte) }
        }
    }

    private func read(
        _ segment: Segment,
        from start: UInt64,
        below end: UInt64,
        maxBytes: Int
    ) throws(EventLogError) -> LogReadResult {
        var chunkBytes = max(maxBytes, StoredFrame.stride)
        while true {
            let chunk = try self.chunk(of: segment, at: start, count: Int(min(UInt64(chunkBytes), end - start)))
            let batches: [StoredBatch]
            let wanted: Int
            do throws(StoredBatchFault) {
                (batches, wanted) = try LogTopic.batches(in: chunk, of: segment, at: start, left: end - start)
            } catch {
                throw .readDamaged(file: segment.path, byte: start + UInt64(error.distance), detail: error.detail)
            }
            if let last = batches.last {
                let next = last.position.byte + UInt64(StoredFrame.size + last.bytes.readableBytes)
                return LogReadResult(batches: batches, next: LogPosition(segment: segment.number, byte: next))
            }
            chunkBytes = wanted
        }
    }

    private func chunk(of segment: Segment, at byte: UInt64, count: Int) throws(EventLogError) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        var failure: LogFileError?
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
            do throws(LogFileError) {
                let target = UnsafeMutableRawBufferPointer(rebasing: room[..<count])
                return try self.catalog.file(of: segment).read(into: target, at: byte)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw self.fault(failure, in: segment, at: byte) }
        guard buffer.readableBytes == count else {
            throw .readDamaged(
                file: segment.path,
                byte: byte + UInt64(buffer.readableBytes),
                detail: "the file ends here, \(count - buffer.readableBytes) or more synced bytes are missing"
            )
        }
        return buffer
    }

    /// The whole batches at the front of `chunk`, and when there is none, how long it must be to hold one.
    private static func batches(
        in chunk: ByteBuffer,
        of segment: Segment,
        at start: UInt64,
        left: UInt64
    ) throws(StoredBatchFault) -> ([StoredBatch], wanted: Int) {
        var batches: [StoredBatch] = []
        var distance = 0
        while distance < chunk.readableBytes {
            let here = distance
            guard left - UInt64(here) >= UInt64(StoredFrame.stride) else {
                throw StoredBatchFault(distance: here, detail: "no room for a stored batch before the segment's end")
            }
            guard chunk.readableBytes - here >= StoredFrame.stride else { return (batches, StoredFrame.stride) }
            let batch = try chunk.withUnsafeReadableBytes { raw throws(StoredBatchFault) in
                try LogTopic.storedBatch(
                    UnsafeRawBufferPointer(rebasing: raw[here...]),
                    salt: segment.header.salt,
                    left: left - UInt64(here),
                    at: here
                )
            }
            guard let frame = batch.frame else { return (batches, batch.wanted) }
            let position = chunk.readerIndex + here + StoredFrame.size
            guard let bytes = chunk.getSlice(at: position, length: frame.batchBytes) else { break }
            batches.append(
                StoredBatch(
                    partition: frame.partition,
                    position: LogPosition(segment: segment.number, byte: start + UInt64(here)),
                    bytes: bytes
                )
            )
            distance += batch.wanted
        }
        return (batches, StoredFrame.stride)
    }

    /// The checked frame at the front of `bytes`; `nil` when the batch is longer than they are. `wanted`: both in bytes.
    private static func storedBatch(
        _ bytes: UnsafeRawBufferPointer,
        salt: UInt32,
        left: UInt64,
        at distance: Int
    ) throws(StoredBatchFault) -> (frame: StoredFrame?, wanted: Int) {
        guard let frame = StoredFrame(reading: bytes, salt: salt) else {
            throw StoredBatchFault(distance: distance, detail: "no valid frame stands here")
        }
        let wanted = StoredFrame.size + frame.batchBytes
        guard UInt64(wanted) <= left else {
            throw StoredBatchFault(distance: distance, detail: "the batch runs past the segment's end")
        }
        guard wanted <= bytes.count else { return (nil, wanted) }
        do throws(RecordBatchError) {
            _ = try SegmentScan.batchHeader(bytes, frame: frame, verifyingBatch: true)
        } catch {
            throw StoredBatchFault(distance: distance, detail: "\(error)")
        }
        return (frame, wanted)
    }

    /// What a failed file call means to a reader: the segment may have been removed meanwhile.
    func fault(_ error: LogFileError, in segment: Segment, at byte: UInt64) -> EventLogError {
        guard self.catalog.segment(segment.number) == nil else { return .file(error) }
        return self.outOfRange(LogPosition(segment: segment.number, byte: byte))
    }

    func outOfRange(_ position: LogPosition) -> EventLogError {
        let earliest = self.catalog.first
        return .positionOutOfRange(
            position,
            earliest: LogPosition(segment: earliest.number, byte: earliest.firstByte),
            end: self.end
        )
    }
}

/// Bytes that are not a stored batch, at a distance from the start of a chunk.
private struct StoredBatchFault: Error {
    var distance: Int
    var detail: String
}
