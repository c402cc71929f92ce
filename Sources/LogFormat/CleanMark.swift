/// What a clean stop leaves behind: how far the last segment was synced.
///
/// It is removed before the log is written again. As long as it is there, nothing at the end can be a torn write.
///
/// ```
/// 0 "WEIRCLN" │ 7 version u8 = 1 │ 8 segment u64 │ 16 bytes u64 │ 24 partitions u16
/// 26 nextOffset i64 × partitions │ 26 + 8n crc u32
/// ```
package struct CleanMark: Equatable, Sendable {
    private static let magic = Array("WEIRCLN".utf8) + [1]
    private static let fixedSize = 26

    /// Number of the last segment.
    package var segment: UInt64
    /// Its bytes, all synced.
    package var bytes: UInt64
    /// Per partition the offset of the next record.
    package var nextOffsets: [Int64]

    /// A mark of these values.
    package init(segment: UInt64, bytes: UInt64, nextOffsets: [Int64]) {
        self.segment = segment
        self.bytes = bytes
        self.nextOffsets = nextOffsets
    }

    /// The mark as it lies on disk.
    package var encoded: [UInt8] {
        var encoded = [UInt8](repeating: 0, count: CleanMark.fixedSize + 8 * self.nextOffsets.count + 4)
        encoded.withUnsafeMutableBytes { raw in
            guard let base = raw.baseAddress else { return }
            raw.copyBytes(from: CleanMark.magic)
            base.storeBigEndian(self.segment, at: 8)
            base.storeBigEndian(self.bytes, at: 16)
            base.storeBigEndian(UInt16(self.nextOffsets.count), at: 24)
            for (partition, offset) in self.nextOffsets.enumerated() {
                base.storeBigEndian(offset, at: CleanMark.fixedSize + 8 * partition)
            }
            let covered = UnsafeRawBufferPointer(rebasing: raw[..<(raw.count - 4)])
            base.storeBigEndian(CRC32C.checksum(covered), at: covered.count)
        }
        return encoded
    }

    /// Reads a whole file; `nil` when it is not a mark of a topic with so many partitions.
    package init?(reading file: [UInt8], partitionCount: Int) {
        guard file.count == CleanMark.fixedSize + 8 * partitionCount + 4, file.starts(with: CleanMark.magic) else {
            return nil
        }
        let mark = file.withUnsafeBytes { raw -> CleanMark? in
            let covered = UnsafeRawBufferPointer(rebasing: raw[..<(raw.count - 4)])
            guard let base = raw.baseAddress, base.bigEndian(UInt16.self, at: 24) == partitionCount,
                base.bigEndian(UInt32.self, at: covered.count) == CRC32C.checksum(covered)
            else { return nil }
            return CleanMark(
                segment: base.bigEndian(UInt64.self, at: 8),
                bytes: base.bigEndian(UInt64.self, at: 16),
                nextOffsets: (0..<partitionCount).map { base.bigEndian(Int64.self, at: CleanMark.fixedSize + 8 * $0) }
            )
        }
        guard let mark else { return nil }
        self = mark
    }
}
