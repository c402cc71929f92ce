/// A place between two commit cycles of a segment from which a scan can go on.
package struct ResumePoint: Equatable, Sendable {
    /// Bytes between two places that are remembered, at least.
    package static let interval: UInt64 = 64 << 10

    /// Where the next cycle begins, from the file's start.
    package var byte: UInt64
    /// The cycle before it.
    package var cycle: UInt16
    /// The last enqueue stamp before it, ms since 1970.
    package var stamp: Int64
    /// Per partition the offset of the next record.
    package var nextOffsets: [Int64]

    /// A place of these values.
    package init(byte: UInt64, cycle: UInt16, stamp: Int64, nextOffsets: [Int64]) {
        self.byte = byte
        self.cycle = cycle
        self.stamp = stamp
        self.nextOffsets = nextOffsets
    }

    /// The front of a segment.
    package init(after header: SegmentHeader) {
        self.init(
            byte: UInt64(header.size),
            cycle: header.cycle,
            stamp: header.stamp,
            nextOffsets: header.nextOffsets
        )
    }
}
