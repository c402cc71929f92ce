import LogFormat
import LogTestSupport
import NIOCore
import TestSupport
import Testing

@Suite("What a producer may send, contracts/kafka.md §5.1")
struct ProducerBatchTests {
    private func check(_ bytes: [UInt8], sizeMax: Int = 1_048_588) throws(ProducerBatchFault) -> ProducerBatch {
        try ProducerBatch.check(ByteBuffer(bytes: bytes), partition: 2, sizeMax: sizeMax)
    }

    /// The code of a fault without its words; `nil` when the batch is good.
    private func fault(_ bytes: [UInt8], sizeMax: Int = 1_048_588) -> String? {
        do throws(ProducerBatchFault) {
            _ = try self.check(bytes, sizeMax: sizeMax)
            return nil
        } catch {
            switch error {
            case .corruptMessage: return "corrupt"
            case .invalidRecord: return "invalid"
            case .unsupportedMagic(let magic): return "magic \(magic)"
            case .tooLarge(let bytes, let limit): return "\(bytes) over \(limit)"
            }
        }
    }

    @Test("the contract's worked batch is taken as it is, and its latest time is known")
    func worked() throws {
        let batch = try self.check(workedBatch)
        #expect(batch.partition == 2)
        #expect(batch.bytes == ByteBuffer(bytes: workedBatch))
        #expect(batch.header.recordCount == 3)
        #expect(batch.timestampMax == workedTime + 150)
    }

    @Test("the latest time is that of the records, not what the header says of them")
    func timestampMax() throws {
        let fixture = BatchFixture(values: ["a", "b", "c"], timeStep: -20)
        var header = fixture.header
        header.maxTimestamp = 5
        #expect(try self.check(fixture.bytes(header: header)).timestampMax == workedTime)
        let compressed = BatchFixture(attributes: 4, records: [1, 2, 3])
        header = compressed.header
        header.maxTimestamp = 5
        #expect(try self.check(compressed.bytes(header: header)).timestampMax == 5)
    }

    @Test("a batch may have as many bytes as the topic takes, and not one more")
    func size() {
        #expect(self.fault(workedBatch, sizeMax: 116) == nil)
        #expect(self.fault(workedBatch, sizeMax: 115) == "116 over 115")
    }

    @Test("a batch that was damaged on the way is corrupt: cut at every byte, or a bit flipped behind byte 16")
    func damaged() {
        for length in 0..<workedBatch.count {
            #expect(self.fault(Array(workedBatch[..<length])) == "corrupt", "cut at \(length)")
        }
        for index in 17..<workedBatch.count {
            var bytes = workedBatch
            bytes[index] ^= 0x10
            #expect(self.fault(bytes) == "corrupt", "byte \(index)")
        }
    }

    @Test("other formats are named", arguments: [Int8(0), 1, 3, -1])
    func magic(_ magic: Int8) {
        var bytes = workedBatch
        bytes[16] = UInt8(bitPattern: magic)
        #expect(self.fault(bytes) == "magic \(magic)")
        #expect(self.fault(Array(bytes[..<17])) == "magic \(magic)")
    }

    @Test("two batches, or bytes behind one, are not one batch")
    func several() {
        #expect(self.fault(workedBatch + workedBatch) == "invalid")
        #expect(self.fault(workedBatch + [0]) == "invalid")
    }

    @Test(
        "fields that no producer may send are refused, whatever the CRC says",
        arguments: [
            (8, "7fffffff", "corrupt"), (8, "80000000", "corrupt"), (8, "00000030", "corrupt"),
            (21, "0010", "invalid"), (21, "0020", "invalid"), (21, "0040", "invalid"), (21, "8000", "invalid"),
            (21, "0005", "invalid"), (21, "0007", "invalid"), (21, "0008", nil),
            (23, "00000001", "invalid"), (23, "00000003", "invalid"), (23, "ffffffff", "invalid"),
            (57, "00000000", "invalid"), (57, "00000002", "invalid"), (57, "00000004", "invalid"),
            (57, "ffffffff", "invalid"), (57, "80000000", "invalid"),
            (43, "fffffffffffffffe", "invalid"), (43, "0000000000000000", "invalid"),
            (43, "0000000000000000 0000", "invalid"), (43, "0000000000000000 0000 00000000", nil),
            (43, "0000000000000001 0000 ffffffff", "invalid"), (43, "7fffffffffffffff 7fff 7fffffff", nil),
            (43, "ffffffffffffffff 0000 00000000", nil), (0, "8000000000000000", "invalid"),
        ]
    )
    func fields(at index: Int, bytes: String, expected: String?) {
        #expect(self.fault(changed(workedBatch, at: index, to: hex(bytes))) == expected)
    }

    @Test(
        "records whose lengths or numbers do not fit are refused",
        arguments: [
            // length, attributes, time, offset, key length, …: of the first record, at 61
            (61, "3c"), (61, "40"), (61, "00"), (61, "01"), (61, "ff"), (64, "02"), (64, "01"), (65, "10"),
            (65, "03"), (73, "15"), (73, "80"), (84, "04"), (84, "00"), (84, "03"), (85, "03"), (88, "07"),
        ]
    )
    func records(at index: Int, bytes: String) {
        #expect(self.fault(changed(workedBatch, at: index, to: hex(bytes))) == "invalid")
    }

    @Test("counts of compressed records are believed up to a limit, and there must be bytes for them")
    func compressed() {
        let limit = ProducerBatch.compressedCountMax
        let fixture = BatchFixture(attributes: 2, records: [1, 2, 3, 4])
        var header = fixture.header
        header.recordCount = Int32(limit)
        header.lastOffsetDelta = header.recordCount - 1
        #expect(self.fault(fixture.bytes(header: header)) == nil)
        header.recordCount += 1
        header.lastOffsetDelta += 1
        #expect(self.fault(fixture.bytes(header: header)) == "invalid")
        #expect(self.fault(BatchFixture(attributes: 1, records: []).bytes()) == "invalid")
    }

    @Test("what is taken reads back whole, and random changes never crash the check")
    func fuzz() throws {
        var random = SeededGenerator.announced()
        for _ in 0..<20_000 {
            var bytes = workedBatch
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            bytes = changed(bytes, at: 16, to: [2])
            guard let batch = try? self.check(bytes), batch.header.codec == RecordCodec.none else { continue }
            var reader = try RecordBatchReader(batch.bytes)
            #expect(try reader.remaining().count == Int(batch.header.recordCount))
        }
    }
}
