package import LogFormat
package import NIOCore

extension RecordBatchReader {
    /// A reader of any batch, decompressed when a client compressed it.
    ///
    /// - Parameters:
    ///   - batch: the readable bytes are one batch, its CRC checked.
    ///   - outputBytesMax: bytes that the records may become.
    /// - Throws: ``UnreadableBatch``; also for a batch whose records turn out to be malformed, when they are read.
    package init(
        decompressing batch: ByteBuffer,
        outputBytesMax: Int = RecordDecompressor.outputBytesMax
    ) throws(UnreadableBatch) {
        let bytes: ByteBuffer
        do throws(DecompressionError) {
            bytes = try RecordBatchReader.uncompressed(batch, outputBytesMax)
        } catch {
            throw .compression(error)
        }
        do throws(RecordBatchError) {
            try self.init(bytes, verifyingChecksum: false)
        } catch {
            throw .format(error)
        }
    }

    /// The next record, as ``next()``; `nil` after the last one.
    package mutating func nextReadable() throws(UnreadableBatch) -> LogRecord? {
        do throws(RecordBatchError) {
            return try self.next()
        } catch {
            throw .format(error)
        }
    }

    /// The same batch without compression; its CRC is not made anew. The batch itself when it has none.
    private static func uncompressed(_ batch: ByteBuffer, _ limit: Int) throws(DecompressionError) -> ByteBuffer {
        // What is no batch at all is for the reader to refuse.
        guard batch.readableBytes >= RecordBatchHeader.size,
            let attributes = batch.getInteger(at: batch.readerIndex + 21, as: Int16.self),
            attributes & RecordBatchHeader.codecMask != 0
        else { return batch }
        let number = Int(attributes & RecordBatchHeader.codecMask)
        guard let codec = CompressionCodec(rawValue: number) else { throw .unknownCodec(number) }
        var bytes = ByteBufferAllocator().buffer(capacity: 4 * batch.readableBytes)
        try batch.withUnsafeReadableBytes { raw throws(DecompressionError) in
            bytes.writeBytes(raw[..<RecordBatchHeader.size])
            let records = UnsafeRawBufferPointer(rebasing: raw[RecordBatchHeader.size...])
            try RecordDecompressor.decompress(records, codec: codec, into: &bytes, limit: limit)
        }
        bytes.setInteger(Int32(bytes.readableBytes - RecordBatchHeader.lengthOverhead), at: 8)
        bytes.setInteger(attributes & ~RecordBatchHeader.codecMask, at: 21)
        return bytes
    }
}
