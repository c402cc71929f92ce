import EventLog
import LogFormat
import NIOCore
import Testing

@testable import StreamEngine

@Suite("telemetry that Kafka clients compressed")
struct CompressedInputTests {
    /// Two records of kafka-python, gzip: `t` of dev-1 and dev-2.
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

    private func produce(_ bytes: [UInt8], to topic: LogTopic) async throws {
        let batch = try ProducerBatch.check(ByteBuffer(bytes: bytes), partition: 0, sizeMax: 1 << 20)
        _ = await withCheckedContinuation { continuation in
            topic.produce([batch]) { continuation.resume(returning: $0) }
        }
    }

    @Test("is processed like any other; what a producer made unreadable is passed over, counted, and stops nothing")
    func compressed() async throws {
        let harness = try LogHarness()
        let topic = try harness.log.openTopic("telemetry")
        let batch = CompressedInputTests.bytes(CompressedInputTests.gzipBatch)
        var poisoned = batch
        poisoned[RecordBatchHeader.size + 20] ^= 0xFF
        let header = try poisoned.withUnsafeBytes { try RecordBatchHeader(reading: $0) }
        poisoned.withUnsafeMutableBytes { header.write(to: $0) }
        try await self.produce(batch, to: topic)
        try await self.produce(poisoned, to: topic)
        try await self.produce(batch, to: topic)
        let session = try harness.session()
        while try await session.step() {}
        #expect(session.status.counts.records == 6)
        #expect(session.status.counts.values == 4)
        #expect(session.status.counts.ignored == 2)
        #expect(session.status.lagRecords == 0)
        try await session.checkpoint()

        let again = try harness.session()
        #expect(try await again.step() == false, "the checkpoint covers what was passed over")
    }
}
