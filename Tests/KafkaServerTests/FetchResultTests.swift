import EventLog
import NIOCore
import ServerTestSupport
import Testing

@testable import KafkaServer

@Suite("what a file thread reads for one Fetch")
struct FetchResultTests {
    /// One batch in each of four partitions, read in order, with room for some and a few bytes.
    private static func read(
        room batches: Int,
        and bytes: Int = 0,
        turn: TimeAmount = .seconds(60)
    ) async throws -> (parts: Int, batches: Int, leavesMore: Bool) {
        var read = (parts: 0, batches: 0, leavesMore: false)
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            let log = try #require(kafka.log.topic(named: "telemetry"))
            let batch = ByteBuffer.batch([String(repeating: "x", count: 1_000)])
            for partition in 0..<4 as Range<Int32> {
                #expect(try await client.produce("telemetry", partition: partition, batch).error == 0)
            }
            let reads = (0..<4).map { partition in
                FetchPlan.Read(
                    topicIndex: 0,
                    partitionIndex: partition,
                    log: log,
                    partition: partition,
                    offset: 0,
                    bytesMax: 1 << 20
                )
            }
            let bytesMax = batches * batch.readableBytes + bytes
            let result = FetchResult.reading(reads, bytesMax: bytesMax, reservedBytes: 0, turn: turn)
            read = (result.parts.count, result.bytes / batch.readableBytes, result.leavesMore)
        }
        return read
    }

    @Test(
        "partitions that there is no room for are left, and known to be; less than a batch's header is no room",
        arguments: [
            (4, 0, 4, 4, false), (5, 0, 4, 4, false), (0, 1, 1, 1, true), (2, 0, 2, 2, true), (2, 61, 2, 2, true),
            (2, 62, 4, 2, true),
        ]
    )
    func room(batches: Int, bytes: Int, partsRead: Int, batchesRead: Int, leavesMore: Bool) async throws {
        let read = try await FetchResultTests.read(room: batches, and: bytes)
        #expect(read == (partsRead, batchesRead, leavesMore))
    }

    @Test("when the turn is over the other partitions are left for the next one")
    func turn() async throws {
        let read = try await FetchResultTests.read(room: 4, turn: .zero)
        #expect(read == (1, 1, true))
    }
}
