package import NIOCore

/// One whole RecordBatch v2 as a producer sent it, checked so that no reader ever stumbles over it.
///
/// The bytes are a slice: they keep the request's buffer alive until the batch is synced.
package struct ProducerBatch: Equatable, Sendable {
    /// Records of a compressed batch at most: more than 64 MiB of the smallest records has.
    package static let compressedCountMax = 8 << 20

    /// The partition it goes to.
    package let partition: Int
    /// Header and records, exactly as received.
    package let bytes: ByteBuffer
    /// Its header.
    package let header: RecordBatchHeader
    /// The latest time of its records, ms since 1970: summed up from them, or the header's when they are compressed.
    package let timestampMax: Int64

    /// Checks what a producer sent for one partition: exactly one batch.
    ///
    /// The records of a compressed batch are not looked at; a reader of those takes nothing for granted. Cost: one pass
    /// for the CRC and one over the records' lengths.
    ///
    /// - Parameters:
    ///   - bytes: The readable bytes are what was sent for the partition.
    ///   - partition: Where the batch goes.
    ///   - sizeMax: Bytes at most, header included.
    /// - Returns: The batch, to be handed to its topic.
    /// - Throws: The first thing that is wrong, in the order magic, length, size, CRC, fields, records.
    package static func check(
        _ bytes: ByteBuffer,
        partition: Int,
        sizeMax: Int
    ) throws(ProducerBatchFault) -> ProducerBatch {
        try bytes.withUnsafeReadableBytes { raw throws(ProducerBatchFault) in
            let header = try ProducerBatch.header(raw, sizeMax: sizeMax)
            let timestampMax =
                header.codec == RecordCodec.none
                ? try ProducerBatch.checkRecords(raw, header: header) : header.maxTimestamp
            return ProducerBatch(partition: partition, bytes: bytes, header: header, timestampMax: timestampMax)
        }
    }

    private static func header(
        _ raw: UnsafeRawBufferPointer,
        sizeMax: Int
    ) throws(ProducerBatchFault) -> RecordBatchHeader {
        // The magic byte stands at the same place in the older formats.
        guard raw.count > 16, let base = raw.baseAddress else { throw .corruptMessage("it ends in its header") }
        let magic = base.bigEndian(Int8.self, at: 16)
        guard magic == RecordBatchHeader.magic else { throw .unsupportedMagic(magic) }
        guard raw.count >= RecordBatchHeader.size else { throw .corruptMessage("it ends in its header") }
        let stated = Int(base.bigEndian(Int32.self, at: 8)) + RecordBatchHeader.lengthOverhead
        guard stated >= RecordBatchHeader.size, stated <= raw.count else {
            throw .corruptMessage("it states \(stated) bytes and has \(raw.count)")
        }
        guard stated == raw.count else { throw .invalidRecord("more than one batch for one partition") }
        guard stated <= sizeMax else { throw .tooLarge(bytes: stated, limit: sizeMax) }
        do throws(RecordBatchError) {
            try RecordBatchHeader.verifyChecksum(of: raw)
        } catch {
            throw .corruptMessage("\(error)")
        }
        let header: RecordBatchHeader
        do throws(RecordBatchError) {
            header = try RecordBatchHeader(reading: raw)
        } catch {
            throw .invalidRecord("\(error)")
        }
        try ProducerBatch.checkFields(header)
        return header
    }

    private static func checkFields(_ header: RecordBatchHeader) throws(ProducerBatchFault) {
        guard let codec = header.codec else { throw .invalidRecord("attributes name a codec that does not exist") }
        guard header.attributes & (RecordBatchHeader.transactional | RecordBatchHeader.control) == 0 else {
            throw .invalidRecord("transactions are not supported")
        }
        let known = RecordBatchHeader.codecMask | RecordBatchHeader.logAppendTime
        guard header.attributes & ~known == 0 else { throw .invalidRecord("attributes have unknown bits") }
        if header.producerID != -1 {
            guard header.producerID >= 0, header.producerEpoch >= 0, header.baseSequence >= 0 else {
                throw .invalidRecord("a producer's id, epoch and sequence are not negative")
            }
        }
        if codec != .none {
            guard header.size > RecordBatchHeader.size, Int(header.recordCount) <= ProducerBatch.compressedCountMax
            else { throw .invalidRecord("the record count is impossible") }
        }
    }

    /// Walks the records; returns their latest time.
    private static func checkRecords(
        _ raw: UnsafeRawBufferPointer,
        header: RecordBatchHeader
    ) throws(ProducerBatchFault) -> Int64 {
        var index = RecordBatchHeader.size
        var timestampMax = Int64.min
        for number in 0..<Int(header.recordCount) {
            let layout: RecordLayout
            do throws(RecordBatchError) {
                layout = try RecordLayout(raw, at: index)
            } catch {
                throw .invalidRecord("record \(number): \(error)")
            }
            guard layout.offsetDelta == number else {
                throw .invalidRecord("record \(number) has the offset delta \(layout.offsetDelta)")
            }
            timestampMax = max(timestampMax, header.baseTimestamp &+ Int64(layout.timestampDelta))
            index = layout.end
        }
        guard index == raw.count else { throw .invalidRecord("bytes follow the last record") }
        return timestampMax
    }
}
