/// Walks the stored batches of one segment, knowing what must come next.
///
/// Pure: the caller reads the file and passes a window of bytes that begins at ``byte``. After damage the scan does not
/// move any more, so ``byte`` and the other fields say what is good.
package struct SegmentScan: Equatable, Sendable {
    /// Why the bytes at ``SegmentScan/byte`` are not the next stored batch.
    package enum Fault: Equatable, Sendable {
        /// Fewer bytes are left than the least batch has.
        case short
        /// No frame of this segment.
        case frame
        /// The frame's partition, offset or cycle is not the one that comes next.
        case order
        /// The batch runs past the end of the file.
        case length
        /// The frame is good, the batch is not.
        case batch(RecordBatchError.Code)
    }

    /// What one step found.
    package enum Step: Equatable, Sendable {
        /// A good batch; the scan stands behind it now.
        case batch(StoredFrame, RecordBatchHeader)
        /// The window must reach over so many bytes; nothing moved.
        case needs(Int)
        /// Not the next batch; nothing moved.
        case damaged(Fault)
        /// Nothing is left.
        case end
    }

    /// What every frame's CRC starts from.
    package let salt: UInt32
    /// Where the next frame begins, from the file's start.
    package private(set) var byte: UInt64
    /// Per partition the offset of the next record.
    package private(set) var nextOffsets: [Int64]
    /// The last enqueue stamp, ms since 1970.
    package private(set) var stamp: Int64
    /// The last commit cycle.
    package private(set) var cycle: UInt16
    /// Whether the last batch was the last of its cycle.
    package private(set) var isCycleComplete = true
    /// Where the last commit cycle begins.
    package private(set) var cycleStart: UInt64
    /// Whether a batch went by that shows its producer's time: ``stamp`` says less than the log's clock did.
    package private(set) var hasCreateTimes = false

    /// The latest that anything before the scan's place can have been appended, as far as the batches say it; ms since
    /// 1970.
    package var stampMax: Int64 { self.hasCreateTimes ? .max : self.stamp }

    /// A scan from behind the segment's header.
    package init(after header: SegmentHeader) {
        self.salt = header.salt
        self.byte = UInt64(header.size)
        self.nextOffsets = header.nextOffsets
        self.stamp = header.stamp
        self.cycle = header.cycle
        self.cycleStart = self.byte
    }

    /// A scan from a place further behind, between two commit cycles.
    package init(after header: SegmentHeader, resuming place: ResumePoint) {
        self.init(after: header)
        self.byte = place.byte
        self.nextOffsets = place.nextOffsets
        self.stamp = place.stamp
        self.cycle = place.cycle
        self.cycleStart = place.byte
    }

    /// Where it stands now, when that is between two commit cycles.
    package var resumePoint: ResumePoint? {
        guard self.isCycleComplete else { return nil }
        return ResumePoint(byte: self.byte, cycle: self.cycle, stamp: self.stamp, nextOffsets: self.nextOffsets)
    }

    /// The commit cycle that the next batch belongs to.
    package var cycleExpected: UInt16 { self.isCycleComplete ? self.cycle &+ 1 : self.cycle }

    /// Takes the next stored batch.
    ///
    /// - Parameters:
    ///   - window: Bytes of the file from ``byte`` on, as many as the caller has.
    ///   - bytesLeft: Bytes of the file from ``byte`` on, in all.
    ///   - verifyingBatch: Whether to check the batch's own CRC, for which the window must hold all of it.
    /// - Returns: The batch, or why there is none; only after a batch has the scan moved.
    package mutating func step(_ window: UnsafeRawBufferPointer, bytesLeft: UInt64, verifyingBatch: Bool) -> Step {
        if bytesLeft == 0 { return .end }
        guard bytesLeft >= UInt64(StoredFrame.stride) else { return .damaged(.short) }
        guard window.count >= StoredFrame.stride else { return .needs(StoredFrame.stride) }
        guard let frame = StoredFrame(reading: window, salt: self.salt) else { return .damaged(.frame) }
        guard frame.partition < self.nextOffsets.count, frame.baseOffset == self.nextOffsets[frame.partition],
            frame.cycle == self.cycleExpected
        else { return .damaged(.order) }
        let stored = StoredFrame.size + frame.batchBytes
        guard UInt64(stored) <= bytesLeft else { return .damaged(.length) }
        if verifyingBatch, window.count < stored { return .needs(stored) }
        let header: RecordBatchHeader
        do throws(RecordBatchError) {
            header = try SegmentScan.batchHeader(window, frame: frame, verifyingBatch: verifyingBatch)
        } catch {
            return .damaged(.batch(error.code))
        }
        if self.isCycleComplete { self.cycleStart = self.byte }
        self.byte += UInt64(stored)
        self.nextOffsets[frame.partition] = header.nextOffset
        if header.attributes & RecordBatchHeader.logAppendTime != 0 {
            self.stamp = max(self.stamp, header.maxTimestamp)
        } else {
            self.hasCreateTimes = true
        }
        self.cycle = frame.cycle
        self.isCycleComplete = frame.isLastOfCycle
        return .batch(frame, header)
    }

    /// The header of the batch behind `frame` at the front of `window`, checked against the frame.
    package static func batchHeader(
        _ window: UnsafeRawBufferPointer,
        frame: StoredFrame,
        verifyingBatch: Bool
    ) throws(RecordBatchError) -> RecordBatchHeader {
        let end = min(StoredFrame.size + frame.batchBytes, window.count)
        let batch = UnsafeRawBufferPointer(rebasing: window[StoredFrame.size..<end])
        let header = try RecordBatchHeader(reading: batch)
        guard header.size == frame.batchBytes, header.baseOffset == frame.baseOffset else {
            throw RecordBatchError(.lengthMismatch(stated: header.size, actual: frame.batchBytes), at: 8)
        }
        if verifyingBatch { try RecordBatchHeader.verifyChecksum(of: batch) }
        return header
    }
}
