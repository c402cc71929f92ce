import KafkaProtocol
import LogFormat
import NIOCore
import Testing

@Suite("Batches pass through as they are, contract §4")
struct ProduceAndFetchTests {
    /// The contract's worked batch: three records, 116 bytes.
    private static let batch = """
        0000000000000000 00000068 00000000 02 5ef261f3 0000 00000002 000001a1ee565e00 000001a1ee565e96
        ffffffffffffffff ffff ffffffff 00000003
        3e 00 00 00 0e 6465762d303031 14 7b2274223a32312e357d 02 04 6374 08 6a736f6e
        10 00 ac02 02 01 02 78 00
        1a 00 09 04 0e 6465762d303031 01 00
        """

    @Test("Produce gives the contract's batch byte by byte, as a slice of the frame")
    func produce() throws {
        let batch = hex(ProduceAndFetchTests.batch)
        var body = ByteBuffer(hex: "ffff ffff 00007530 00000001 0003 74656c 00000001 00000002 00000074")
        body.writeBytes(batch)
        let frame = body
        let request = try ProduceRequest(reading: &body, version: 8)
        let records = try #require(request.topics.first?.partitions.first?.records)
        #expect(records.bytes == batch)
        #expect(records.isPart(of: frame))
        let header = try records.withUnsafeReadableBytes { try RecordBatchHeader(reading: $0) }
        #expect(header.recordCount == 3)
        try records.withUnsafeReadableBytes { try RecordBatchHeader.verifyChecksum(of: $0) }
    }

    @Test("Fetch serves the stored batch at its offset, its checksum untouched")
    func fetch() throws {
        var stored = hex(ProduceAndFetchTests.batch)
        stored.replaceSubrange(0..<16, with: hex("0000000000001267 00000068 00000000"))
        let partition = FetchAnswer.Partition(
            partition: 2,
            error: .noError,
            highWatermark: 4714,
            logStartOffset: 0,
            records: ByteBuffer(bytes: stored)
        )
        var bytes = ByteBuffer()
        FetchAnswer(topics: [.init(name: "tel", partitions: [partition])]).write(to: &bytes, version: 11)
        #expect(
            bytes.bytes == hex(
                """
                00000000 0000 00000000 00000001 0003 74656c 00000001
                00000002 0000 000000000000126a 000000000000126a 0000000000000000 ffffffff ffffffff 00000074
                """
            ) + stored
        )
        try ByteBuffer(bytes: bytes.bytes.suffix(116)).withUnsafeReadableBytes {
            #expect(try RecordBatchHeader(reading: $0).baseOffset == 4711)
            try RecordBatchHeader.verifyChecksum(of: $0)
        }
    }

    @Test(
        "the pieces of a Fetch answer are its frame, large records among them not copied",
        arguments: APIVersionTable.served(.fetch)
    )
    func pieces(version: Int16) {
        let sizes = [0, 1, 4_096, 4_097, 100_000, 0, 5_000]
        let partitions = sizes.enumerated().map { index, size in
            FetchAnswer.Partition(
                partition: Int32(index),
                error: .noError,
                highWatermark: 1,
                logStartOffset: 0,
                records: ByteBuffer(repeating: UInt8(index), count: size)
            )
        }
        let answer = FetchAnswer(topics: [
            .init(name: "a", partitions: Array(partitions.prefix(3))),
            .init(name: "b", partitions: Array(partitions.dropFirst(3))),
        ])
        var whole = ByteBuffer()
        answer.writeFrame(to: &whole, correlationID: 9, version: version)
        let pieces = answer.frame(correlationID: 9, version: version)
        #expect(pieces.flatMap(\.bytes) == whole.bytes)
        let large = partitions.map(\.records).filter { $0.readableBytes > 4_096 }
        #expect(large.allSatisfy { records in pieces.contains { $0.isPart(of: records) } })
        #expect(pieces.count == 6, "fields, records, fields, records, fields, records")
    }

    @Test("a Fetch answer with nothing in it is one piece")
    func noPieces() {
        let pieces = FetchAnswer(error: .fetchSessionIDNotFound, topics: []).frame(correlationID: 1, version: 11)
        #expect(pieces.map(\.bytes) == [hex("00000012 00000001 00000000 0046 00000000 00000000")])
    }

    @Test(
        "what is too long for a string is cut between two characters",
        arguments: [
            (String(repeating: "a", count: 32_767), 32_767),
            (String(repeating: "a", count: 32_768), 32_767),
            (String(repeating: "a", count: 32_766) + "é", 32_766),
            (String(repeating: "é", count: 40_000), 32_766),
            (String(repeating: "\u{1F600}", count: 10_000), 32_764),
        ]
    )
    func longText(text: String, written: Int) throws {
        var bytes = ByteBuffer()
        SaslHandshakeAnswer(error: .noError, mechanisms: [text]).write(to: &bytes, version: 1)
        bytes.moveReaderIndex(forwardBy: 6)
        #expect(bytes.readInteger(as: Int16.self) == Int16(written))
        #expect(bytes.readableBytes == written)
        #expect(String(validating: bytes.readableBytesView, as: UTF8.self).map { text.hasPrefix($0) } == true)
    }
}
