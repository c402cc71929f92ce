import LogFormat
import LogTestSupport
import NIOCore
import TestSupport
import Testing

@Suite("Reading a RecordBatch v2, contracts/kafka.md §4")
struct RecordBatchReaderTests {
    private func read(_ bytes: [UInt8], verifying: Bool = true) throws(RecordBatchError) -> [LogRecord] {
        var reader = try RecordBatchReader(ByteBuffer(bytes: bytes), verifyingChecksum: verifying)
        return try reader.remaining()
    }

    /// The worked batch with other bytes at a place, and the CRC made right again.
    private func changed(at index: Int, to bytes: [UInt8]) -> [UInt8] {
        var batch = workedBatch
        batch.replaceSubrange(index..<(index + bytes.count), with: bytes)
        let crc = CRC32C.checksum(Array(batch[21...]))
        withUnsafeBytes(of: crc.bigEndian) { batch.replaceSubrange(17..<21, with: $0) }
        return batch
    }

    @Test("the worked batch reads as its three records")
    func worked() throws {
        let records = try self.read(workedBatch)
        #expect(records.map(\.offset) == [0, 1, 2])
        #expect(records.map(\.timestampMilliseconds) == [workedTime, workedTime + 150, workedTime - 5])
        #expect(records.map { $0.key?.text } == ["dev-001", nil, "dev-001"])
        #expect(records.map(\.value.text) == [#"{"t":21.5}"#, "x", ""])
        #expect(records.map(\.isTombstone) == [false, false, true])
        #expect(records.map(\.headers.count) == [1, 0, 0])
        #expect(records[0].headers.map(\.name) == ["ct"])
        #expect(records[0].headers.first(named: "ct")?.text == "json")
        #expect(records[0].headers.first(named: "c") == nil)
    }

    @Test("another base offset needs no new CRC")
    func stored() throws {
        var batch = workedBatch
        batch.replaceSubrange(0..<16, with: hex("0000000000001267 00000068 00000000"))
        #expect(try self.read(batch).map(\.offset) == [4_711, 4_712, 4_713])
    }

    @Test("under LogAppendTime every record has the batch's time, and the CRC is the contract's")
    func logAppendTime() throws {
        var batch = workedBatch
        var header = try batch.withUnsafeBytes { raw throws(RecordBatchError) in try RecordBatchHeader(reading: raw) }
        header.attributes |= RecordBatchHeader.logAppendTime
        header.maxTimestamp = workedTime + 1_000
        batch.withUnsafeMutableBytes { header.write(to: $0) }
        #expect(Array(batch[17..<23]) == hex("b5e3b882 0008"))
        #expect(try self.read(batch).map(\.timestampMilliseconds) == [Int64](repeating: workedTime + 1_000, count: 3))
    }

    @Test("an idempotent producer's single record has the contract's CRC, and its producer is read")
    func idempotent() throws {
        var batch = [UInt8](repeating: 0, count: 61) + hex("10 00 00 00 02 6b 02 76 00")
        var header = RecordBatchHeader(baseOffset: 0, size: batch.count, recordCount: 1, stamp: workedTime)
        header.attributes = 0
        header.producerID = 4_000
        header.producerEpoch = 0
        header.baseSequence = 0
        batch.withUnsafeMutableBytes { header.write(to: $0) }
        #expect(batch.count == 70)
        #expect(Array(batch[17..<21]) == hex("d369ce3c"))
        #expect(Array(batch[43...]) == hex("0000000000000fa0 0000 00000000 00000001 10 00 00 00 02 6b 02 76 00"))
        let reader = try RecordBatchReader(ByteBuffer(bytes: batch))
        #expect(reader.header == header)
    }

    @Test("a header read and written again gives the same bytes")
    func headerRoundTrip() throws {
        var batch = workedBatch
        let header = try batch.withUnsafeBytes { raw throws(RecordBatchError) in try RecordBatchHeader(reading: raw) }
        for index in 0..<61 { batch[index] = 0xaa }
        batch.withUnsafeMutableBytes { header.write(to: $0) }
        #expect(batch == workedBatch)
    }

    @Test("compressed records are read through what opens them, and refused without it", arguments: 1...4)
    func compressed(codec: Int) throws {
        let plain = BatchFixture(values: ["a", "b"], timeStep: 3)
        let packed = BatchFixture(values: ["a", "b"], timeStep: 3, attributes: Int16(codec), records: [1, 2, 3]).bytes()
        #expect(throws: RecordBatchError(.compressed(codec: codec), at: 21)) { try self.read(packed) }
        let open: RecordDecompression = { (asked, bytes) throws(RecordBatchError) in
            guard asked == RecordCodec(rawValue: codec), bytes == ByteBuffer(bytes: [1, 2, 3]) else {
                throw RecordBatchError(.decompressionFailed("other bytes"), at: 61)
            }
            return ByteBuffer(bytes: plain.recordBytes)
        }
        var reader = try RecordBatchReader(ByteBuffer(bytes: packed), decompress: open)
        let records = try reader.remaining()
        #expect(records.map(\.value.text) == ["a", "b"])
        #expect(records.map(\.timestampMilliseconds) == [workedTime, workedTime + 3])
        let failing: RecordDecompression = { (_, _) throws(RecordBatchError) in
            throw RecordBatchError(.decompressionFailed("too long"), at: 61)
        }
        #expect(throws: RecordBatchError(.decompressionFailed("too long"), at: 61)) {
            try RecordBatchReader(ByteBuffer(bytes: packed), decompress: failing)
        }
    }

    @Test("fewer or more records than the header says are an error, compressed or not", arguments: [1, 3])
    func wrongCount(count: Int) {
        var fixture = BatchFixture(values: ["a", "b"], attributes: 4)
        fixture.records = [0]
        var header = fixture.header
        header.recordCount = Int32(count)
        header.lastOffsetDelta = Int32(count - 1)
        let packed = fixture.bytes(header: header)
        let open: RecordDecompression = { (_, _) throws(RecordBatchError) in
            ByteBuffer(bytes: BatchFixture(values: ["a", "b"]).recordBytes)
        }
        #expect(throws: RecordBatchError.self) {
            var reader = try RecordBatchReader(ByteBuffer(bytes: packed), decompress: open)
            _ = try reader.remaining()
        }
    }

    @Test("a codec that does not exist is refused with its number", arguments: 5...7)
    func unknownCodec(codec: Int) {
        let packed = BatchFixture(attributes: Int16(codec), records: [1]).bytes()
        #expect(throws: RecordBatchError(.compressed(codec: codec), at: 21)) { try self.read(packed) }
    }

    @Test(
        "a bad field is named with its place",
        arguments: [
            (16, "01", .unsupportedMagic(1), 16), (16, "03", .unsupportedMagic(3), 16),
            (8, "00000067", .lengthMismatch(stated: 115, actual: 116), 8),
            (8, "00000069", .lengthMismatch(stated: 117, actual: 116), 8),
            (8, "7fffffff", .lengthMismatch(stated: 2_147_483_659, actual: 116), 8),
            (8, "ffffffff", .lengthMismatch(stated: 11, actual: 116), 8),
            (57, "00000000", .countMismatch, 23), (57, "ffffffff", .countMismatch, 23),
            (57, "00000004", .countMismatch, 23), (0, "ffffffffffffffff", .countMismatch, 23),
            (0, "7fffffffffffffff", .countMismatch, 23),
            (21, "0001", .compressed(codec: 1), 21), (21, "0004", .compressed(codec: 4), 21),
            (61, "00", .malformedRecord, 61), (61, "01", .malformedRecord, 61), (61, "ff", .malformedRecord, 61),
            (61, "40", .malformedRecord, 61), (65, "03", .malformedRecord, 61), (65, "7e", .malformedRecord, 61),
            (84, "04", .malformedRecord, 61), (84, "03", .malformedRecord, 61), (85, "7e", .malformedRecord, 61),
            (64, "06", .offsetOutOfRange, 61), (64, "01", .offsetOutOfRange, 61),
        ] as [(Int, String, RecordBatchError.Code, Int)]
    )
    func badField(index: Int, bytes: String, code: RecordBatchError.Code, place: Int) {
        #expect(throws: RecordBatchError(code, at: place)) { try self.read(self.changed(at: index, to: hex(bytes))) }
    }

    @Test("bytes behind the last record are refused")
    func trailing() throws {
        var batch = self.changed(at: 57, to: hex("00000002"))
        batch = {
            var bytes = batch
            bytes.replaceSubrange(23..<27, with: hex("00000001"))
            let crc = CRC32C.checksum(Array(bytes[21...]))
            withUnsafeBytes(of: crc.bigEndian) { bytes.replaceSubrange(17..<21, with: $0) }
            return bytes
        }()
        #expect(throws: RecordBatchError(.trailingBytes, at: 102)) { try self.read(batch) }
    }

    @Test("a batch cut at any byte is refused, with and without checking the CRC")
    func cuts() {
        for length in 0..<workedBatch.count {
            let cut = Array(workedBatch[..<length])
            #expect(throws: RecordBatchError.self) { try self.read(cut) }
            #expect(throws: RecordBatchError.self) { try self.read(cut, verifying: false) }
        }
    }

    @Test("one flipped bit behind the first 21 bytes is always found by the CRC")
    func flips() {
        for index in 21..<workedBatch.count {
            for bit in 0..<8 {
                var batch = workedBatch
                batch[index] ^= 1 << UInt8(bit)
                #expect(throws: RecordBatchError.self) { try self.read(batch) }
            }
        }
    }

    @Test("random bytes never crash the reader, and what reads stays inside the batch")
    func fuzz() {
        let seed = SeededGenerator.seed(of: "RecordBatchReader fuzz")
        var random = SeededGenerator(seed: seed)
        var readable = 0
        for _ in 0..<50_000 {
            var batch = workedBatch
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: (Bool.random(using: &random) ? 57 : 0)..<batch.count, using: &random)
                batch[index] = UInt8.random(in: 0...255, using: &random)
            }
            if Int.random(in: 0..<8, using: &random) == 0 {
                batch.removeLast(Int.random(in: 0...batch.count, using: &random))
            }
            guard let records = try? self.read(batch, verifying: false) else { continue }
            readable += 1
            for record in records {
                #expect(record.value.readableBytes <= batch.count)
                #expect(Array(record.headers).count == record.headers.count)
            }
        }
        #expect(readable > 100, "seed \(seed): most inputs must not be refused at the first byte")
    }
}
