/// Takes the batches of one partition out of stored bytes in which those of others stand between them.
///
/// Pure: the caller reads the bytes, from where the last step ended, and keeps what is at their front afterwards. Both
/// CRCs of every batch that is taken or passed over as too early are checked; of others the frame's.
package struct PartitionSift: Equatable, Sendable {
    /// Why a step ended.
    package enum Stop: Equatable, Sendable {
        /// More bytes are needed, or none are left.
        case more
        /// The result has what was asked for.
        case full
        /// Nothing but batches of others for a long way: an index may know a shorter one.
        case foreign
        /// The bytes where the step ended are not the next batch.
        case damaged(String)
    }

    /// What a step did with the bytes.
    package struct Step: Equatable, Sendable {
        /// Bytes of batches to keep, now at the front.
        package var kept = 0
        /// From where the bytes began to the next frame, which may stand behind them.
        package var advance: UInt64 = 0
        /// Bytes that the next step must have.
        package var wanted = StoredFrame.stride
        /// Why it ended.
        package var stop = Stop.more

        /// Nothing done yet.
        package init() {}
    }

    /// Bytes of others in a row after which a step ends with `foreign`.
    package static let foreignMax: UInt64 = 1 << 20

    private let partition: Int
    private let from: Int64
    private let below: Int64
    private let maxBytes: Int
    private let isFirstWhole: Bool
    /// The offset behind the last batch taken; before the first one the offset asked for.
    package private(set) var nextOffset: Int64
    /// Bytes of all batches taken.
    package private(set) var takenBytes = 0
    private var foreignBytes: UInt64 = 0

    /// Nothing taken yet.
    ///
    /// - Parameters:
    ///   - partition: Whose batches.
    ///   - from: The first batch is the one that holds this offset, or the first behind it.
    ///   - below: Batches from this offset on are not taken.
    ///   - maxBytes: Bytes of batches at most.
    ///   - isFirstWhole: Whether a longer first batch is taken nevertheless.
    package init(partition: Int, from: Int64, below: Int64, maxBytes: Int, isFirstWhole: Bool) {
        self.partition = partition
        self.from = from
        self.below = below
        self.maxBytes = maxBytes
        self.isFirstWhole = isFirstWhole
        self.nextOffset = from
    }

    /// Whether not even the smallest batch has room.
    package var isFull: Bool { self.takenBytes > 0 && self.takenBytes + RecordBatchHeader.size > self.maxBytes }

    /// Moves the partition's batches to the front of `bytes` and drops the others.
    ///
    /// - Parameters:
    ///   - bytes: As many bytes as the caller wanted, from a frame on.
    ///   - got: How many of them the file had.
    ///   - left: Bytes from there to the end of what is synced, at least as many as `bytes`.
    ///   - salt: Of the segment.
    /// - Returns: How many bytes to keep, and where to go on.
    package mutating func step(
        _ bytes: UnsafeMutableRawBufferPointer,
        got: Int,
        left: UInt64,
        salt: UInt32
    ) -> Step {
        var step = Step()
        self.foreignBytes = self.foreignBytes >= PartitionSift.foreignMax ? 0 : self.foreignBytes
        while step.advance < left, step.stop == .more {
            guard step.advance < UInt64(got) else {
                if got < bytes.count { step.stop = .damaged(PartitionSift.ended) }
                break
            }
            let here = UnsafeRawBufferPointer(rebasing: bytes[Int(step.advance)..<got])
            guard left - step.advance >= UInt64(StoredFrame.stride) else {
                step.stop = .damaged("no room for a stored batch before the segment's end")
                break
            }
            guard here.count >= StoredFrame.stride else {
                if got < bytes.count { step.stop = .damaged(PartitionSift.ended) }
                break
            }
            guard let frame = StoredFrame(reading: here, salt: salt) else {
                step.stop = .damaged("no valid frame stands here")
                break
            }
            let stored = StoredFrame.size + frame.batchBytes
            guard UInt64(stored) <= left - step.advance else {
                step.stop = .damaged("the batch runs past the segment's end")
                break
            }
            guard frame.partition == self.partition else {
                step.advance += UInt64(stored)
                self.foreignBytes += UInt64(stored)
                if self.foreignBytes >= PartitionSift.foreignMax { step.stop = .foreign }
                continue
            }
            guard let own = self.own(frame, here, isShort: got < bytes.count, &step) else { break }
            step.advance += UInt64(stored)
            guard let batch = own else { continue }
            UnsafeMutableRawBufferPointer(rebasing: bytes[step.kept...]).copyMemory(from: batch)
            step.kept += batch.count
        }
        return step
    }

    private static let ended = "the file ends here, synced bytes are missing"

    /// The partition's own batch at the front of `here`: to take, or `.some(nil)` when it is before the offset asked
    /// for; `nil` when the step ends before it.
    private mutating func own(
        _ frame: StoredFrame,
        _ here: UnsafeRawBufferPointer,
        isShort: Bool,
        _ step: inout Step
    ) -> UnsafeRawBufferPointer?? {
        let stored = StoredFrame.size + frame.batchBytes
        do throws(RecordBatchError) {
            guard frame.baseOffset < self.below else {
                step.stop = .full
                return nil
            }
            let stated = try SegmentScan.batchHeader(here, frame: frame, verifyingBatch: false)
            if stated.nextOffset > self.from, !self.hasRoom(for: frame.batchBytes) {
                step.stop = .full
                return nil
            }
            guard here.count >= stored else {
                if isShort { step.stop = .damaged(PartitionSift.ended) } else { step.wanted = stored }
                return nil
            }
            let header = try SegmentScan.batchHeader(here, frame: frame, verifyingBatch: true)
            self.foreignBytes = 0
            if header.nextOffset <= self.from { return .some(nil) }
            guard header.baseOffset >= self.nextOffset || self.takenBytes == 0 else {
                step.stop = .damaged("offset \(header.baseOffset) stands behind \(self.nextOffset)")
                return nil
            }
            self.nextOffset = header.nextOffset
            self.takenBytes += frame.batchBytes
            return UnsafeRawBufferPointer(rebasing: here[StoredFrame.size..<stored])
        } catch {
            step.stop = .damaged("\(error)")
            return nil
        }
    }

    private func hasRoom(for batchBytes: Int) -> Bool {
        self.takenBytes == 0
            ? self.isFirstWhole || batchBytes <= self.maxBytes : self.takenBytes + batchBytes <= self.maxBytes
    }
}
