/// A place between two stored batches of a topic, in the order in which they were committed.
///
/// Total order over a topic; valid after a restart. Not an offset: offsets count records of one partition.
package struct LogPosition: Comparable, Hashable, Codable, Sendable {
    /// Number of the segment.
    package var segment: UInt64
    /// Bytes from the segment's start; 0 is before its first batch.
    package var byte: UInt64

    /// A place, as read from a log or stored before.
    package init(segment: UInt64, byte: UInt64) {
        self.segment = segment
        self.byte = byte
    }

    package static func < (left: LogPosition, right: LogPosition) -> Bool {
        (left.segment, left.byte) < (right.segment, right.byte)
    }
}

extension LogPosition: CustomStringConvertible {
    package var description: String { "\(self.segment):\(self.byte)" }
}
