import LogFormat
import NIOCore
import RecordCompression
import Testing

@Suite("batches that clients compressed")
struct CompressedBatchTests {
    @Test("kafka-python's batches read alike in every codec", arguments: Vectors.all.batches)
    func records(vector: Vectors.Batch) throws {
        let batch = ByteBuffer(bytes: Vectors.bytes(vector.hex))
        _ = try batch.withUnsafeReadableBytes { try RecordBatchHeader.verifyChecksum(of: $0) }
        var reader = try RecordBatchReader(decompressing: batch)
        let records = try reader.remaining()
        #expect(records.count == 50)
        for (index, record) in records.enumerated() {
            #expect(record.offset == Int64(index))
            #expect(record.timestampMilliseconds == 1_795_000_000_000 + Int64(index))
            #expect(record.key.map { String(buffer: $0) } == "dev-00\(index % 7)")
            #expect(String(buffer: record.value) == "{\"t\":\(index).5}")
            #expect(record.headers.first(named: "ct").map { String(buffer: $0) } == "json")
        }
    }

    @Test("codecs 5 to 7 are refused by their number", arguments: 5...7)
    func unknownCodec(codec: Int) {
        var bytes = Vectors.bytes(Vectors.all.batches[1].hex)
        bytes[22] = UInt8(codec)
        #expect(throws: UnreadableBatch.compression(.unknownCodec(codec))) {
            try RecordBatchReader(decompressing: ByteBuffer(bytes: bytes))
        }
    }

    @Test("the limit counts the records' bytes", arguments: Vectors.all.batches.dropFirst())
    func limit(vector: Vectors.Batch) throws {
        let size = Vectors.bytes(Vectors.all.batches[0].hex).count - RecordBatchHeader.size
        let batch = ByteBuffer(bytes: Vectors.bytes(vector.hex))
        _ = try RecordBatchReader(decompressing: batch, outputBytesMax: size)
        let codec = try #require(CompressionCodec(rawValue: vector.codec))
        #expect(throws: UnreadableBatch.compression(.tooLarge(codec, limit: size - 1))) {
            try RecordBatchReader(decompressing: batch, outputBytesMax: size - 1)
        }
    }

    @Test("a batch cut or flipped at any byte never crashes its reader", arguments: Vectors.all.batches)
    func damage(vector: Vectors.Batch) {
        let bytes = Vectors.bytes(vector.hex)
        func read(_ bytes: [UInt8]) {
            guard var reader = try? RecordBatchReader(decompressing: ByteBuffer(bytes: bytes), outputBytesMax: 1 << 20)
            else { return }
            while let record = try? reader.nextReadable() { _ = record.headers.map(\.name) }
        }
        for index in bytes.indices {
            read(Array(bytes[..<index]))
            var flipped = bytes
            flipped[index] ^= 0xFF
            read(flipped)
        }
    }
}
