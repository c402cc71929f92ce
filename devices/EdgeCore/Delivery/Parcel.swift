/// The readings of one message. Once it was sent its boundaries never change, for the gateway knows a repeat by them.
///
/// Its readings are numbered `first`, `first + 1`, …; all are of one kind, one epoch and so of one boot.
package struct Parcel: Equatable, Sendable {
    /// Most readings in one.
    package static let readingsMax = 64

    /// How its readings' boot times become wall times.
    package enum Dating: Equatable, Sendable {
        /// They are of this boot: ask the clock.
        case clock
        /// They are of an earlier boot; wall time minus boot time was that many milliseconds.
        case offset(Int64)
        /// They are of an earlier boot whose wall time nobody ever knew.
        case unknown
    }

    package let epoch: UInt32
    /// The number of its first reading in the epoch.
    package let first: UInt64
    /// 1 to ``readingsMax``.
    package let readings: [Reading]
    /// Whether it was given to a gateway before.
    package var wasSent: Bool
    /// Whether newer readings were sent before it, so that it is no news.
    package var isHistorical: Bool
    package var dating = Dating.clock
    /// What the spool knows it by; `nil` when no disk has it.
    package var ticket: UInt64?

    package init(epoch: UInt32, first: UInt64, readings: [Reading], wasSent: Bool = false, isHistorical: Bool = false) {
        precondition((1...Self.readingsMax).contains(readings.count), "a parcel of no or too many readings")
        self.epoch = epoch
        self.first = first
        self.readings = readings
        self.wasSent = wasSent
        self.isHistorical = isHistorical
    }

    package var kind: Reading.Kind { self.readings[0].kind }
    package var count: Int { self.readings.count }
    /// The number of its last reading.
    package var last: UInt64 { self.first + UInt64(self.count - 1) }
    package var range: ReadingRange { ReadingRange(epoch: self.epoch, first: self.first, last: self.last) }
}
