/// Readings of one epoch, from one number to another, both included.
package struct ReadingRange: Hashable, Sendable {
    /// Highest number a reading can have. Source: the gateway's `weir-seq`.
    package static let numberMax: UInt64 = (1 << 62) - 1

    package let epoch: UInt32
    package let first: UInt64
    /// Never below `first`.
    package let last: UInt64

    package init(epoch: UInt32, first: UInt64, last: UInt64) {
        precondition(first <= last, "a range of readings ends before it begins")
        self.epoch = epoch
        self.first = first
        self.last = last
    }

    package var count: UInt64 { self.last - self.first + 1 }

    /// Whether `next` begins where this ends.
    package func isFollowed(by next: ReadingRange) -> Bool {
        next.epoch == self.epoch && next.first == self.last + 1
    }
}
