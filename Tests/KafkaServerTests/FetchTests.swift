import KafkaProtocol
import KafkaServer
import NIOCore
import ServerTestSupport
import TestSupport
import Testing

@Suite("Fetch and ListOffsets, contract kafka §6 and §7", .timeLimit(.minutes(1)))
struct FetchTests {
    @Test("a Fetch at the end waits for a record, and is answered by it")
    func longPoll() async throws {
        try await TestKafka.run { kafka in
            let consumer = try await kafka.client(as: "reader")
            let producer = try await kafka.client(as: "owner")
            for round in 0..<5 as Range<Int64> {
                let body = KafkaClient.fetchBody("telemetry", from: round, wait: 30_000)
                try await consumer.send(.fetch, 11, body)
                try await eventually { kafka.metrics.value("fetches_waiting") == 1 }
                #expect(try await producer.produce("telemetry", .batch(["\(round)"])).error == 0)
                var frame = try await consumer.next()
                _ = frame.readInt32()
                #expect(try KafkaClient.fetched(frame).values == ["\(round)"])
                try await eventually { kafka.metrics.value("fetches_waiting") == 0 }
            }
        }
    }

    @Test("without a record a Fetch ends after its time, empty and without error")
    func waitEnds() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            let began = ContinuousClock.now
            let fetched = try await client.fetch("telemetry", from: 0, wait: 100)
            #expect(ContinuousClock.now - began >= .milliseconds(100))
            #expect(fetched == Fetched(error: 0, highWatermark: 0, startOffset: 0, values: [], bytes: 0))
        }
    }

    @Test("less than min_bytes is waited with, and sent when the time is over or enough is there")
    func bytesMin() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            #expect(try await client.produce("telemetry", .batch(["a"])).error == 0)
            let began = ContinuousClock.now
            let early = try await client.fetch("telemetry", from: 0, wait: 100, bytesMin: 1_000)
            #expect(ContinuousClock.now - began >= .milliseconds(100))
            #expect(early.values == ["a"])
            let other = try await kafka.client(as: "owner")
            let body = KafkaClient.fetchBody("telemetry", from: 0, wait: 30_000, bytesMin: 1_000)
            try await client.send(.fetch, 11, body)
            #expect(try await other.produce("telemetry", .batch([String(repeating: "x", count: 1_000)])).error == 0)
            var frame = try await client.next()
            _ = frame.readInt32()
            #expect(try KafkaClient.fetched(frame).values.count == 2)
        }
    }

    @Test("who waits for more bytes reads again after a commit, and not by itself")
    func notPolled() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            let producer = try await kafka.client(as: "owner")
            #expect(try await producer.produce("telemetry", .batch(["a"])).error == 0)
            let before = kafka.files.readCount
            _ = try await client.fetch("telemetry", from: 0)
            let once = kafka.files.readCount - before
            _ = try await client.fetch("telemetry", from: 0, wait: 500, bytesMin: 1_000)
            // At first and at the end.
            #expect(kafka.files.readCount - before <= 3 * once)
            // Another partition's records are no more bytes, but some: it looks once, and still waits.
            try await client.send(.fetch, 11, KafkaClient.fetchBody("telemetry", from: 0, wait: 30_000, bytesMin: 300))
            try await eventually { kafka.metrics.value("fetches_waiting") == 1 }
            for count in [1, 1, 300] {
                let value = String(repeating: "x", count: count)
                #expect(try await producer.produce("telemetry", .batch([value])).error == 0)
            }
            var frame = try await client.next()
            _ = frame.readInt32()
            #expect(try KafkaClient.fetched(frame).values.count == 4)
            try await eventually { kafka.metrics.value("fetches_waiting") == 0 }
        }
    }

    @Test("whenever the bytes that were wanted come, and to whichever partition, their commit ends the wait")
    func wokenByTheLast() async throws {
        var random = SeededGenerator.announced()
        let rounds = (0..<40).map { _ in
            (0..<Int.random(in: 1...6, using: &random)).map { _ in Int32.random(in: 0..<4, using: &random) }
        }
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "reader")
            let producer = try await kafka.client(as: "owner")
            let batch = ByteBuffer.batch(["x"])
            var bytes = 0
            for (number, round) in rounds.enumerated() {
                bytes += round.count * batch.readableBytes
                let body = KafkaClient.fetchBody([("telemetry", [0, 1, 2, 3])], wait: 60_000, bytesMin: Int32(bytes))
                try await client.send(.fetch, 11, body)
                if number.isMultiple(of: 2) { try await eventually { kafka.metrics.value("fetches_waiting") == 1 } }
                for partition in round {
                    #expect(try await producer.produce("telemetry", partition: partition, batch).error == 0)
                }
                #expect(try await client.next().readableBytes > bytes)
            }
        }
    }

    @Test("an answer that has no room for the next batch is enough, whatever min_bytes says")
    func full() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            let value = String(repeating: "x", count: 100_000)
            for _ in 0..<3 { #expect(try await client.produce("telemetry", .batch([value])).error == 0) }
            let began = ContinuousClock.now
            let room: Int32 = 250_000
            let fetched = try await client.fetch("telemetry", from: 0, wait: 20_000, bytesMin: room, bytesMax: room)
            #expect(fetched.values.count == 2)
            #expect(ContinuousClock.now - began < .seconds(10))
        }
    }

    @Test(
        "a Fetch of nothing is answered at once",
        arguments: [[], [("telemetry", [])]] as [[(name: String, partitions: [Int32])]]
    )
    func nothing(topics: [(name: String, partitions: [Int32])]) async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            let began = ContinuousClock.now
            var answer = try await client.call(.fetch, 11, KafkaClient.fetchBody(topics, wait: 20_000))
            #expect(ContinuousClock.now - began < .seconds(10))
            #expect(answer.readBytes(length: 10) == [UInt8](repeating: 0, count: 10))
            #expect(answer.readInt32() == 0)
        }
    }

    @Test(
        "offsets outside the log, and what else cannot be, have their errors",
        arguments: [(0, 0), (1, 0), (2, 1), (-1, 1), (Int64.max, 1)] as [(Int64, Int16)]
    )
    func outOfRange(offset: Int64, error: Int16) async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            #expect(try await client.produce("telemetry", .batch(["a"])).error == 0)
            let fetched = try await client.fetch("telemetry", from: offset)
            #expect(fetched.error == error)
            #expect(fetched.highWatermark == 1)
            #expect(fetched.startOffset == 0)
        }
    }

    @Test("an unknown topic or partition, a session and another leader epoch have their errors")
    func refused() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            #expect(try await client.fetch("unknown", from: 0, wait: 10_000).error == 3)
            #expect(try await client.fetch("telemetry", partition: 4, from: 0, wait: 10_000).error == 3)
            #expect(try await client.fetch("_offsets", from: 0).error == 3)
            let session = KafkaClient.fetchBody("telemetry", from: 0, wait: 0, session: 7)
            #expect(try KafkaClient.fetched(try await client.call(.fetch, 11, session)).error == 70)
            for (epoch, error) in [(Int32(1), Int16(75)), (-2, 74), (0, 0)] {
                let body = KafkaClient.fetchBody("telemetry", from: 0, wait: 0, epoch: epoch)
                #expect(try KafkaClient.fetched(try await client.call(.fetch, 11, body)).error == error)
            }
        }
    }

    @Test("a batch over the limit is sent whole, and nothing behind it")
    func firstWhole() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            let large = String(repeating: "x", count: 900_000)
            for _ in 0..<2 { #expect(try await client.produce("telemetry", .batch([large])).error == 0) }
            let fetched = try await client.fetch("telemetry", from: 0, bytesMax: 1)
            #expect(fetched.values == [large])
        }
    }

    @Test("a topic that is deleted ends the wait for its records")
    func deleted() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            let other = try await kafka.client(as: "owner")
            #expect(try await other.createTopic("t") == 0)
            try await client.send(.fetch, 11, KafkaClient.fetchBody("t", from: 0, wait: 30_000))
            try await eventually { kafka.metrics.value("fetches_waiting") == 1 }
            #expect(try await other.deleteTopic("t") == 0)
            var frame = try await client.next()
            _ = frame.readInt32()
            #expect(try KafkaClient.fetched(frame).error == 3)
        }
    }

    @Test("ends are told for -1 and -2, and the first record at or behind a time")
    func listOffsets() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            for value in ["a", "b"] { #expect(try await client.produce("telemetry", .batch([value])).error == 0) }
            #expect(try await client.listOffset("telemetry", at: -1) == (0, -1, 2))
            #expect(try await client.listOffset("telemetry", at: -2) == (0, -1, 0))
            let (error, time, offset) = try await client.listOffset("telemetry", at: 0)
            #expect(error == 0 && time > 0 && offset == 0)
            #expect(try await client.listOffset("telemetry", at: .max) == (0, -1, -1))
            #expect(try await client.listOffset("telemetry", at: -5).0 == 42)
            #expect(try await client.listOffset("unknown", at: -1).0 == 3)
        }
    }

    @Test("many consumers at the tail each get every record once")
    func tail() async throws {
        try await TestKafka.run { kafka in
            let producer = try await kafka.client(as: "owner")
            try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<20 {
                    let client = try await kafka.client(as: "reader")
                    group.addTask {
                        var values: [String] = []
                        while values.count < 100 {
                            let offset = Int64(values.count)
                            values += try await client.fetch("telemetry", from: offset, wait: 5_000).values
                        }
                        return values
                    }
                }
                for number in 0..<100 {
                    #expect(try await producer.produce("telemetry", .batch(["\(number)"])).error == 0)
                }
                for try await values in group { #expect(values == (0..<100).map { "\($0)" }) }
            }
            try await eventually { kafka.server.bufferedBytes == 0 }
        }
    }
}
