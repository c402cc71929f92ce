/// The front of a segment file: what it is, and where the topic stood when the segment began.
///
/// ```
///  0 "WEIRSEG" │ 7 version u8 = 1 │ 8 number u64 │ 16 salt u32 │ 20 cycle u16 │ 22 partitions u16
/// 24 stamp i64 │ 32 previousBytes u64 │ 40 nextOffset i64 × partitions │ 40 + 8n crc u32
/// ```
/// A segment is created only when everything in the one before it is synced. So a valid header seals its predecessor:
/// `previousBytes` says how long that one is, and its tail needs no check when the log opens.
package struct SegmentHeader: Equatable, Sendable {
    private static let magic = Array("WEIRSEG".utf8) + [1]
    private static let fixedSize = 40
    private static let crcSize = 4

    /// Place of the segment in its topic, from 0.
    package var number: UInt64
    /// A random number that every frame's CRC in this segment starts from.
    package var salt: UInt32
    /// The last commit cycle before this segment.
    package var cycle: UInt16
    /// The last enqueue stamp before this segment, ms since 1970.
    package var stamp: Int64
    /// Bytes of the segment before, all of them synced; 0 for the first segment.
    package var previousBytes: UInt64
    /// Per partition the offset of the next record.
    package var nextOffsets: [Int64]

    /// A header of these values.
    package init(
        number: UInt64,
        salt: UInt32,
        cycle: UInt16,
        stamp: Int64,
        previousBytes: UInt64,
        nextOffsets: [Int64]
    ) {
        self.number = number
        self.salt = salt
        self.cycle = cycle
        self.stamp = stamp
        self.previousBytes = previousBytes
        self.nextOffsets = nextOffsets
    }

    /// Bytes of the header of a topic with so many partitions.
    package static func size(partitionCount: Int) -> Int {
        SegmentHeader.fixedSize + 8 * partitionCount + SegmentHeader.crcSize
    }

    /// Bytes of this header.
    package var size: Int { SegmentHeader.size(partitionCount: self.nextOffsets.count) }

    /// The header as it lies on disk.
    package var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: self.size)
        bytes.withUnsafeMutableBytes { raw in
            guard let base = raw.baseAddress else { return }
            raw.copyBytes(from: SegmentHeader.magic)
            base.storeBigEndian(self.number, at: 8)
            base.storeBigEndian(self.salt, at: 16)
            base.storeBigEndian(self.cycle, at: 20)
            base.storeBigEndian(UInt16(self.nextOffsets.count), at: 22)
            base.storeBigEndian(self.stamp, at: 24)
            base.storeBigEndian(self.previousBytes, at: 32)
            for (partition, offset) in self.nextOffsets.enumerated() {
                base.storeBigEndian(offset, at: SegmentHeader.fixedSize + 8 * partition)
            }
            let covered = UnsafeRawBufferPointer(rebasing: raw[..<(raw.count - SegmentHeader.crcSize)])
            base.storeBigEndian(CRC32C.checksum(covered), at: covered.count)
        }
        return bytes
    }

    /// Reads the header at the front of a segment of a topic with so many partitions; `nil` when it is not one.
    package init?(reading bytes: UnsafeRawBufferPointer, partitionCount: Int) {
        let size = SegmentHeader.size(partitionCount: partitionCount)
        guard bytes.count >= size, let base = bytes.baseAddress,
            bytes[..<SegmentHeader.magic.count].elementsEqual(SegmentHeader.magic),
            base.bigEndian(UInt16.self, at: 22) == partitionCount
        else { return nil }
        let covered = UnsafeRawBufferPointer(rebasing: bytes[..<(size - SegmentHeader.crcSize)])
        guard base.bigEndian(UInt32.self, at: covered.count) == CRC32C.checksum(covered) else { return nil }
        self.number = base.bigEndian(UInt64.self, at: 8)
        self.salt = base.bigEndian(UInt32.self, at: 16)
        self.cycle = base.bigEndian(UInt16.self, at: 20)
        self.stamp = base.bigEndian(Int64.self, at: 24)
        self.previousBytes = base.bigEndian(UInt64.self, at: 32)
        self.nextOffsets = (0..<partitionCount).map { base.bigEndian(Int64.self, at: SegmentHeader.fixedSize + 8 * $0) }
    }
}
