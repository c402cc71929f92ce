internal import LogFormat
internal import NIOCore

/// The records of a producer's batch where they were received, and what the log makes of their header.
struct ProducedRecords {
    let header: RecordBatchHeader
    /// Valid as long as this lives: it keeps the bytes' storage, which nobody changes.
    let records: UnsafeRawBufferPointer
    private let storage: ByteBuffer
    private let crc: UInt32
    private let timestampMax: Int64
    private let keepsTimes: Bool

    init(_ batch: ProducerBatch, keepsTimes: Bool) {
        self.header = batch.header
        self.storage = batch.bytes
        self.timestampMax = batch.timestampMax
        self.keepsTimes = keepsTimes
        // The pointer leaves the closure because the storage is kept, and a ByteBuffer that shares it copies before it
        // writes.
        (self.records, self.crc) = batch.bytes.withUnsafeReadableBytesWithStorageManagement { raw, _ in
            let crc = raw.baseAddress?.bigEndian(UInt32.self, at: 17) ?? 0
            return (UnsafeRawBufferPointer(rebasing: raw[RecordBatchHeader.size...]), crc)
        }
    }

    /// The header as it is stored, and its CRC where it is the producer's. Source: contracts/kafka.md §5.2.
    func sealed(baseOffset: Int64, stamp: Int64) -> (header: RecordBatchHeader, crc: UInt32?) {
        var header = self.header
        if self.keepsTimes {
            header.attributes &= ~RecordBatchHeader.logAppendTime
            header.maxTimestamp = self.timestampMax
        } else {
            header.attributes |= RecordBatchHeader.logAppendTime
            header.maxTimestamp = stamp
        }
        let isUnchanged = header == self.header
        header.baseOffset = baseOffset
        return (header, isUnchanged ? self.crc : nil)
    }
}
