/// What recovery does about the first bad byte of the last segment.
///
/// ```
/// good good good │ bad ……………………………………… end      nothing valid behind it: a torn write, cut
/// good good good │ bad … frame of the same cycle      one write, torn in its middle: cut
/// good good good │ bad … frame of a later cycle       the bad bytes had been synced: damage, keep and report
/// ```
package enum TailVerdict: Equatable, Sendable {
    /// Cut the file at the scan's position: nothing from there on was acknowledged.
    case cut
    /// Acknowledged records are damaged; `nextValid` is the position of a good frame behind them.
    case damaged(nextValid: UInt64)

    /// The verdict on what `search` found behind the position where `scan` stopped.
    ///
    /// - Parameters:
    ///   - fault: Why the scan stopped.
    ///   - scan: The good part.
    ///   - search: All frames from there to the end of the file.
    ///   - synced: Bytes known to have been synced, from a clean mark; `nil` after a crash.
    package init(fault: SegmentScan.Fault, scan: SegmentScan, search: FrameSearch, synced: UInt64?) {
        if fault == .order, search.isFrameAtDamage {
            // A whole frame of later records at the wrong place: no torn write makes one.
            self = .damaged(nextValid: scan.byte)
        } else if let synced, scan.byte < synced, let next = search.firstAfterDamage {
            self = .damaged(nextValid: next)
        } else if let next = search.firstOfOtherCycle {
            self = .damaged(nextValid: next)
        } else {
            self = .cut
        }
    }
}

/// Looks for frames of later records at every byte behind a bad one; copies of earlier ones prove nothing.
///
/// Pure: the caller passes the bytes in windows that overlap by ``overlap``.
package struct FrameSearch: Equatable, Sendable {
    /// Bytes that a frame needs to be recognised, less one: by so much two windows overlap.
    package static let overlap = StoredFrame.size + StoredFrame.coveredBatchBytes - 1

    private let salt: UInt32
    private let nextOffsets: [Int64]
    private let cycle: UInt16
    private let damagedAt: UInt64
    /// Whether a frame stands at the damaged position itself.
    package private(set) var isFrameAtDamage = false
    /// Position of the first frame behind it.
    package private(set) var firstAfterDamage: UInt64?
    /// Position of the first frame that is not of the cycle in which the damage begins.
    package private(set) var firstOfOtherCycle: UInt64?

    /// A search behind the place where `scan` stopped.
    package init(behind scan: SegmentScan) {
        self.salt = scan.salt
        self.nextOffsets = scan.nextOffsets
        self.cycle = scan.cycleExpected
        self.damagedAt = scan.byte
    }

    /// Looks at every byte of `window` that begins at `position` in the file.
    package mutating func look(at window: UnsafeRawBufferPointer, from position: UInt64) {
        guard window.count > FrameSearch.overlap else { return }
        for index in 0..<(window.count - FrameSearch.overlap) where window[index] == StoredFrame.version {
            // The batch's magic, before the dearer CRC.
            guard window[index + StoredFrame.size + 16] == UInt8(RecordBatchHeader.magic),
                let frame = StoredFrame(reading: UnsafeRawBufferPointer(rebasing: window[index...]), salt: self.salt),
                frame.partition < self.nextOffsets.count, frame.baseOffset >= self.nextOffsets[frame.partition]
            else { continue }
            let found = position + UInt64(index)
            if found == self.damagedAt {
                self.isFrameAtDamage = true
            } else {
                self.firstAfterDamage = self.firstAfterDamage ?? found
            }
            if frame.cycle != self.cycle { self.firstOfOtherCycle = self.firstOfOtherCycle ?? found }
        }
    }
}
