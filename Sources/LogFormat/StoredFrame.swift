/// The 20 bytes before every stored batch; never served.
///
/// ```
/// 0 version u8 = 1 │ 1 place u8: bits 0–4 partition, bit 7 last batch of its commit cycle │ 2 cycle u16
/// 4 batchBytes u32 │ 8 baseOffset i64 │ 16 crc u32 │ 20 the batch …
/// ```
/// The CRC-32C runs over bytes 0–15 and the batch's first 21, which the batch's own CRC does not cover. It starts from
/// the segment's salt, which no reader ever sees: a payload made to look like a frame is not taken for one.
///
/// The cycle number lets recovery tell a torn write from damage. A cycle is one write and one fdatasync, and the next
/// cycle is written after that sync: what follows a bad batch of cycle n within cycle n was never acknowledged, but a
/// frame of cycle n + 1 proves that all of n was on the disk once.
package struct StoredFrame: Equatable, Sendable {
    /// Bytes of a frame.
    package static let size = 20
    /// The only version written and read.
    package static let version: UInt8 = 1
    /// Bytes of the batch that the frame's CRC covers.
    package static let coveredBatchBytes = RecordBatchHeader.checkedFrom
    /// The least bytes a frame and its batch take.
    package static let stride = StoredFrame.size + RecordBatchHeader.size
    /// Bytes of a batch at most; more is a damaged length. Above what an append can make (``recordBytesMax``).
    package static let batchBytesMax = 32 << 20
    /// Bytes of one record's key, value and headers at most.
    package static let recordBytesMax = 16 << 20
    /// Partitions of a topic at most: five bits.
    package static let partitionCountMax = 32

    private static let lastOfCycle: UInt8 = 1 << 7
    private static let partitionMask: UInt8 = 0b1_1111
    private static let crcDistance = 16

    /// The batch's partition, 0 to 31.
    package var partition: Int
    /// Number of the commit cycle, modulo 65,536.
    package var cycle: UInt16
    /// Whether the cycle ends with this batch.
    package var isLastOfCycle: Bool
    /// Bytes of the batch after the frame.
    package var batchBytes: Int
    /// Offset of the batch's first record.
    package var baseOffset: Int64

    /// A frame of these values.
    package init(partition: Int, cycle: UInt16, isLastOfCycle: Bool, batchBytes: Int, baseOffset: Int64) {
        self.partition = partition
        self.cycle = cycle
        self.isLastOfCycle = isLastOfCycle
        self.batchBytes = batchBytes
        self.baseOffset = baseOffset
    }

    /// Reads the frame at the front of `bytes`, which reach at least over the covered bytes of its batch; `nil` when
    /// they are not a frame of the segment with this `salt`.
    package init?(reading bytes: UnsafeRawBufferPointer, salt: UInt32) {
        guard bytes.count >= StoredFrame.size + StoredFrame.coveredBatchBytes, let base = bytes.baseAddress,
            bytes[0] == StoredFrame.version
        else { return nil }
        let place = bytes[1]
        guard place & ~(StoredFrame.partitionMask | StoredFrame.lastOfCycle) == 0 else { return nil }
        self.partition = Int(place & StoredFrame.partitionMask)
        self.isLastOfCycle = place & StoredFrame.lastOfCycle != 0
        self.cycle = base.bigEndian(UInt16.self, at: 2)
        self.batchBytes = Int(base.bigEndian(UInt32.self, at: 4))
        self.baseOffset = base.bigEndian(Int64.self, at: 8)
        guard (RecordBatchHeader.size...StoredFrame.batchBytesMax).contains(self.batchBytes), self.baseOffset >= 0,
            base.bigEndian(UInt32.self, at: StoredFrame.crcDistance) == StoredFrame.crc(bytes, salt: salt)
        else { return nil }
    }

    /// Writes the frame at the front of `bytes`, which hold the frame and at least the header of its batch.
    package func write(to bytes: UnsafeMutableRawBufferPointer, salt: UInt32) {
        precondition(
            (StoredFrame.stride...(StoredFrame.size + self.batchBytes)).contains(bytes.count),
            "a frame is written before the batch it describes"
        )
        guard let base = bytes.baseAddress else { return }
        bytes[0] = StoredFrame.version
        bytes[1] = UInt8(self.partition) | (self.isLastOfCycle ? StoredFrame.lastOfCycle : 0)
        base.storeBigEndian(self.cycle, at: 2)
        base.storeBigEndian(UInt32(self.batchBytes), at: 4)
        base.storeBigEndian(self.baseOffset, at: 8)
        base.storeBigEndian(StoredFrame.crc(UnsafeRawBufferPointer(bytes), salt: salt), at: StoredFrame.crcDistance)
    }

    private static func crc(_ bytes: UnsafeRawBufferPointer, salt: UInt32) -> UInt32 {
        let front = UnsafeRawBufferPointer(rebasing: bytes[..<StoredFrame.crcDistance])
        let covered = bytes[StoredFrame.size..<(StoredFrame.size + StoredFrame.coveredBatchBytes)]
        return CRC32C.checksum(
            UnsafeRawBufferPointer(rebasing: covered),
            continuing: CRC32C.checksum(front, continuing: salt)
        )
    }
}
