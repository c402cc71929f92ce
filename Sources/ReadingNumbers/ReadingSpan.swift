/// Readings of a device that follow each other: the epoch in which it took them, and their numbers.
package struct ReadingSpan: Hashable, Sendable {
    /// The largest number a reading may have.
    package static let numberMax: UInt64 = (1 << 62) - 1
    /// The most readings one message may say it holds.
    package static let countMax: UInt64 = 1 << 20

    /// Counts the starts of the device.
    package var epoch: UInt32
    /// The first reading's number.
    package var first: UInt64
    /// The last reading's number, not below ``first``.
    package var last: UInt64

    /// The readings from one number to another; `nil` when they are in the wrong order or above ``numberMax``.
    package init?(epoch: UInt32, first: UInt64, last: UInt64) {
        guard first <= last, last <= ReadingSpan.numberMax else { return nil }
        self.epoch = epoch
        self.first = first
        self.last = last
    }

    /// A message's readings; `nil` for none, for more than ``countMax`` or beyond ``numberMax``.
    package init?(epoch: UInt32, first: UInt64, count: UInt64) {
        guard (1...ReadingSpan.countMax).contains(count), first <= ReadingSpan.numberMax else { return nil }
        self.init(epoch: epoch, first: first, last: first + count - 1)
    }

    /// Readings.
    package var count: UInt64 { self.last - self.first + 1 }
}

extension ReadingSpan: CustomStringConvertible {
    package var description: String { "\(self.epoch):\(self.first)-\(self.last)" }
}
