import EventLog
import FoundationEssentials
import LogFormat
import NIOCore
import NIOHTTP1
import Testing

@Suite("Compressed batches of Kafka clients over HTTP")
struct CompressedRecordsTests {
    /// Two records of kafka-python, gzip: keys dev-1 and dev-2.
    private static let gzipBatch = """
        00000000000000000000008900000000021022873e000100000001000001a1ee565e00000001a1ee565e01ffffffffff\
        ffffffffffffffffff000000021f8b0800b8c4016b02ffcb606060e04a492dd3350caa562a2956b25232323032d33534\
        d435b4083134b43230b33231d03330308852d2512a51b232d433ad65c8606062026b32c2afc910aac908a4090072d6b6\
        7e6a000000
        """

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8).map { UInt8($0 < 0x3A ? $0 - 0x30 : $0 - 0x57) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// The batch with damaged compressed data and the right checksum, as only its producer can make it.
    private static func poisoned(_ batch: [UInt8]) throws -> [UInt8] {
        var bytes = batch
        bytes[RecordBatchHeader.size + 20] ^= 0xFF
        let header = try bytes.withUnsafeBytes { try RecordBatchHeader(reading: $0) }
        bytes.withUnsafeMutableBytes { header.write(to: $0) }
        return bytes
    }

    private static func produce(_ bytes: [UInt8], to topic: LogTopic) async throws {
        let batch = try ProducerBatch.check(ByteBuffer(bytes: bytes), partition: 0, sizeMax: 1 << 20)
        let outcomes = await withCheckedContinuation { continuation in
            topic.produce([batch]) { continuation.resume(returning: $0) }
        }
        guard case .stored = outcomes.first else {
            Issue.record("not stored: \(outcomes)")
            return
        }
    }

    @Test("records that a client compressed are lines like any other; unreadable ones are one line that says so")
    func records() async throws {
        try await APIFixture.run { api in
            let topic = try api.log.openTopic("telemetry", partitions: 1)
            let batch = Self.bytes(Self.gzipBatch)
            try await Self.produce(batch, to: topic)
            try await Self.produce(try Self.poisoned(batch), to: topic)
            _ = try await topic.append([NewRecord(key: Array("dev-1".utf8), value: Array("last".utf8))])
            let lines = try await api.send(.GET, "/topics/telemetry/records").body.split(separator: "\n")
            try #require(lines.count == 4, "\(lines)")
            #expect(lines[0].contains(#""deviceId":"dev-1""#) && lines[0].hasSuffix(#""t":1.5}}"#), "\(lines[0])")
            #expect(lines[1].contains(#""offset":1,"#) && lines[1].hasSuffix(#""t":2.5}}"#), "\(lines[1])")
            #expect(lines[2].contains(#""offset":2,"#) && lines[2].contains(#""body":null,"unreadable":{"records":2,"#))
            #expect(lines[2].contains("gzip data are damaged"), "\(lines[2])")
            #expect(lines[3].contains(#""offset":4,"#) && lines[3].hasSuffix(#""body":"last"}"#))

            let one = try await api.send(.GET, "/topics/telemetry/records?device=dev-1").body.split(separator: "\n")
            #expect(one.count == 2, "whose the unreadable ones are nobody knows")
            let limited = try await api.send(.GET, "/topics/telemetry/records?max=3&from=1").body.split(separator: "\n")
            #expect(limited.count == 3 && limited[0].contains(#""offset":1,"#), "\(limited)")
        }
    }
}
