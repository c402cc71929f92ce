/// The 61 bytes before the records of a RecordBatch v2.
///
/// ```
///  0 baseOffset i64 │ 8 batchLength i32 │ 12 leaderEpoch i32 │ 16 magic i8 = 2 │ 17 crc u32 │ 21 attributes i16
/// 23 lastOffsetDelta i32 │ 27 baseTimestamp i64 │ 35 maxTimestamp i64 │ 43 producerId i64 │ 51 producerEpoch i16
/// 53 baseSequence i32 │ 57 recordCount i32 │ 61 records …
/// ```
/// The CRC covers bytes 21 to the end; `batchLength` counts the bytes after itself. Source: contracts/kafka.md §4.
package struct RecordBatchHeader: Equatable, Sendable {
    /// Bytes of the header.
    package static let size = 61
    /// Where the CRC's cover begins.
    package static let checkedFrom = 21
    /// Bytes before and in the length field, which the length does not count.
    package static let lengthOverhead = 12
    /// The only format read and written.
    package static let magic: Int8 = 2
    /// Attribute bit 3: the timestamps are the log's, not the producer's.
    package static let logAppendTime: Int16 = 1 << 3
    /// Attribute bit 4: part of a transaction, which this log has not.
    package static let transactional: Int16 = 1 << 4
    /// Attribute bit 5: a marker of a transaction instead of records.
    package static let control: Int16 = 1 << 5
    /// Attribute bits 0 to 2: the codec.
    package static let codecMask: Int16 = 0b111

    /// Offset of the first record.
    package var baseOffset: Int64
    /// Bytes of the whole batch, this header included.
    package var size: Int
    /// Codec, LogAppendTime, transactional and control bits.
    package var attributes: Int16
    /// Offset of the last record, less the base offset.
    package var lastOffsetDelta: Int32
    /// The first record's time, ms since 1970.
    package var baseTimestamp: Int64
    /// The latest time, ms since 1970; under LogAppendTime every record's.
    package var maxTimestamp: Int64
    /// -1: none.
    package var producerID: Int64 = -1
    /// -1: none.
    package var producerEpoch: Int16 = -1
    /// -1: none.
    package var baseSequence: Int32 = -1
    /// Records in the batch.
    package var recordCount: Int32

    /// A batch of the gateway's own: uncompressed, LogAppendTime, no producer.
    package init(baseOffset: Int64, size: Int, recordCount: Int, stamp: Int64) {
        self.baseOffset = baseOffset
        self.size = size
        self.attributes = RecordBatchHeader.logAppendTime
        self.lastOffsetDelta = Int32(clamping: recordCount - 1)
        self.baseTimestamp = stamp
        self.maxTimestamp = stamp
        self.recordCount = Int32(clamping: recordCount)
    }

    /// Reads a header from the front of `bytes`, which may hold less than the whole batch; checks magic, length and
    /// count against themselves, not the CRC.
    package init(reading bytes: UnsafeRawBufferPointer) throws(RecordBatchError) {
        guard bytes.count >= RecordBatchHeader.size, let base = bytes.baseAddress else {
            throw RecordBatchError(.truncated, at: bytes.count)
        }
        let magic = base.bigEndian(Int8.self, at: 16)
        guard magic == RecordBatchHeader.magic else { throw RecordBatchError(.unsupportedMagic(magic), at: 16) }
        self.baseOffset = base.bigEndian(Int64.self, at: 0)
        self.size = Int(base.bigEndian(Int32.self, at: 8)) + RecordBatchHeader.lengthOverhead
        guard self.size >= RecordBatchHeader.size else {
            throw RecordBatchError(.lengthMismatch(stated: self.size, actual: bytes.count), at: 8)
        }
        self.attributes = base.bigEndian(Int16.self, at: 21)
        self.lastOffsetDelta = base.bigEndian(Int32.self, at: 23)
        self.baseTimestamp = base.bigEndian(Int64.self, at: 27)
        self.maxTimestamp = base.bigEndian(Int64.self, at: 35)
        self.producerID = base.bigEndian(Int64.self, at: 43)
        self.producerEpoch = base.bigEndian(Int16.self, at: 51)
        self.baseSequence = base.bigEndian(Int32.self, at: 53)
        self.recordCount = base.bigEndian(Int32.self, at: 57)
        guard self.baseOffset >= 0, self.recordCount >= 1, self.lastOffsetDelta == self.recordCount - 1,
            self.baseOffset <= Int64.max - Int64(self.recordCount)
        else {
            throw RecordBatchError(.countMismatch, at: 23)
        }
    }

    /// Writes the header at the front of `bytes`, a whole batch with its records in place, and then the CRC.
    package func write(to bytes: UnsafeMutableRawBufferPointer) {
        precondition(bytes.count == self.size, "a batch header is written to the batch it describes")
        let records = UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.size...])
        self.write(front: UnsafeMutableRawBufferPointer(rebasing: bytes[..<RecordBatchHeader.size]), records: records)
    }

    /// Writes the header to `front`, 61 bytes, for `records` that lie elsewhere.
    ///
    /// - Parameters:
    ///   - front: Where the header is written.
    ///   - records: What stands behind it.
    ///   - crc: The batch's CRC when the caller knows it; `nil` to sum over header and records.
    package func write(
        front: UnsafeMutableRawBufferPointer,
        records: UnsafeRawBufferPointer,
        crc: UInt32? = nil
    ) {
        precondition(
            front.count == RecordBatchHeader.size && self.size == front.count + records.count,
            "a batch header is written for the records it describes"
        )
        guard let base = front.baseAddress else { return }
        base.storeBigEndian(self.baseOffset, at: 0)
        base.storeBigEndian(Int32(self.size - RecordBatchHeader.lengthOverhead), at: 8)
        base.storeBigEndian(Int32(0), at: 12)
        base.storeBigEndian(RecordBatchHeader.magic, at: 16)
        base.storeBigEndian(self.attributes, at: 21)
        base.storeBigEndian(self.lastOffsetDelta, at: 23)
        base.storeBigEndian(self.baseTimestamp, at: 27)
        base.storeBigEndian(self.maxTimestamp, at: 35)
        base.storeBigEndian(self.producerID, at: 43)
        base.storeBigEndian(self.producerEpoch, at: 51)
        base.storeBigEndian(self.baseSequence, at: 53)
        base.storeBigEndian(self.recordCount, at: 57)
        let checked = UnsafeRawBufferPointer(rebasing: front[RecordBatchHeader.checkedFrom...])
        base.storeBigEndian(crc ?? CRC32C.checksum(records, continuing: CRC32C.checksum(checked)), at: 17)
    }

    /// The codec of attribute bits 0 to 2; `nil` when the protocol knows none of that number.
    package var codec: RecordCodec? { RecordCodec(rawValue: Int(self.attributes & RecordBatchHeader.codecMask)) }

    /// Whether every record's time is ``maxTimestamp``, the log's.
    package var isLogAppendTime: Bool { self.attributes & RecordBatchHeader.logAppendTime != 0 }

    /// Offset of the record after the last.
    package var nextOffset: Int64 { self.baseOffset + Int64(self.recordCount) }

    /// Throws unless `batch`, a whole batch, has the CRC its header states.
    package static func verifyChecksum(of batch: UnsafeRawBufferPointer) throws(RecordBatchError) {
        guard batch.count >= RecordBatchHeader.size, let base = batch.baseAddress else {
            throw RecordBatchError(.truncated, at: batch.count)
        }
        let stated = base.bigEndian(UInt32.self, at: 17)
        let actual = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: batch[RecordBatchHeader.checkedFrom...]))
        guard stated == actual else {
            throw RecordBatchError(.checksumMismatch(stated: stated, actual: actual), at: 17)
        }
    }
}
