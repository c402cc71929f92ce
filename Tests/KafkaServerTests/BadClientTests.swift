import KafkaProtocol
import KafkaServer
import NIOCore
import ServerTestSupport
import TestSupport
import Testing

@Suite("clients that do what they should not", .timeLimit(.minutes(2)))
struct BadClientTests {
    @Test(
        "a length below 8 or above the limit closes the connection",
        arguments: [Int32.min, -1, 0, 7, (1 << 20) + 1, .max]
    )
    func lengths(length: Int32) async throws {
        try await TestKafka.run([.set(\.requestBytesMax, 1 << 20)]) { kafka in
            let client = try await kafka.client(as: "owner")
            await client.send(bytes: ByteBuffer(integer: length))
            #expect(try await client.isClosed())
            #expect(kafka.server.bufferedBytes == 0)
        }
    }

    @Test(
        "counts larger than the frame close the connection",
        arguments: [APIKey.metadata, .fetch, .produce, .createTopics]
    )
    func counts(key: APIKey) async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            var body = ByteBuffer()
            for _ in 0..<16 { body.writeInteger(Int32.max) }
            try await client.send(key, 4, body)
            #expect(try await client.isClosed())
            try await eventually { kafka.closed(.malformedRequest) == 1 }
        }
    }

    @Test("random bytes and damaged requests close at most their own connection, and everything held is given back")
    func fuzz() async throws {
        var random = SeededGenerator.announced()
        var frames: [ByteBuffer] = []
        for _ in 0..<300 {
            var body = ByteBuffer()
            let key = APIKey.allCases.randomElement(using: &random) ?? .metadata
            let version = Int16.random(in: 0...12, using: &random)
            body.writeInteger(key.rawValue)
            body.writeInteger(version)
            body.writeInteger(Int32(1))
            body.writeText("fuzz")
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                for _ in 0..<Int.random(in: 0..<200, using: &random) {
                    body.writeInteger(UInt8.random(in: 0...255, using: &random))
                }
            case 1: body.writeImmutableBuffer(KafkaClient.fetchBody("telemetry", from: 0, wait: 1))
            case 2: body.writeImmutableBuffer(KafkaClient.produceBody("telemetry", 0, .batch(["fuzz"])))
            default: body.writeRepeatingByte(0, count: Int.random(in: 0..<64, using: &random))
            }
            for _ in 0..<Int.random(in: 0..<3, using: &random) {
                let index = Int.random(in: 4..<body.writerIndex, using: &random)
                body.setInteger(UInt8.random(in: 0...255, using: &random), at: index)
            }
            var frame = ByteBuffer(integer: Int32(body.readableBytes))
            frame.writeImmutableBuffer(body)
            frames.append(frame)
        }
        try await TestKafka.run { kafka in
            let steady = try await kafka.client(as: "owner")
            for frame in frames {
                let client = try await kafka.client(as: "owner")
                await client.send(bytes: frame)
                await client.close()
            }
            #expect(try await steady.produce("telemetry", .batch(["steady"])).error == 0)
            try await eventually { kafka.server.connectionCount == 1 }
            try await eventually { kafka.server.bufferedBytes == 0 }
        }
    }

    @Test("a client that never reads its answers is dropped, and gives back what waits for it")
    func neverReads() async throws {
        try await TestKafka.run([.set(\.unreadTimeout, .milliseconds(500))]) { kafka in
            let producer = try await kafka.client(as: "owner")
            let large = String(repeating: "x", count: 1_000_000)
            for _ in 0..<8 { #expect(try await producer.produce("telemetry", .batch([large])).error == 0) }
            let client = try await KafkaClient.open(kafka.address, receiveBufferBytes: 8_192)
            try await client.login("reader", "secret")
            try await client.setReading(false)
            for _ in 0..<64 {
                // On a busy machine it is dropped before it has sent all.
                let body = KafkaClient.fetchBody("telemetry", from: 0, wait: 0)
                guard (try? await client.send(.fetch, 11, body)) != nil else { break }
            }
            try await eventually { kafka.closed(.slowConsumer) == 1 }
            try await eventually { kafka.server.bufferedBytes == 0 }
            #expect(try await producer.fetch("telemetry", from: 0).values.count >= 1)
        }
    }

    @Test("requests of all connections together are bounded; those beyond wait, and all are served")
    func requestBudget() async throws {
        try await TestKafka.run([.set(\.requestBytesInAllMax, 200_000)]) { kafka in
            let value = String(repeating: "x", count: 90_000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    let client = try await kafka.client(as: "owner")
                    group.addTask {
                        for _ in 0..<5 {
                            let produced = try await client.produce("telemetry", .batch([value]))
                            #expect(produced.error == 0)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await eventually { kafka.metrics.value("batches_produced") == 50 }
            try await eventually { kafka.server.bufferedBytes == 0 }
        }
    }

    @Test("what the log still holds of a producer that has closed counts until it is stored")
    func closedProducer() async throws {
        try await TestKafka.run([.set(\.requestBytesInAllMax, 200_000)]) { kafka in
            kafka.files.holdSyncs()
            let value = String(repeating: "x", count: 90_000)
            let body = KafkaClient.produceBody("telemetry", 0, .batch([value]))
            for round in 1...2 {
                let producer = try await kafka.client(as: "owner")
                try await producer.send(.produce, 8, body)
                // Then it is with the log: the loop does both at once.
                try await eventually { kafka.metrics.value("requests{api=produce}") == round }
                await producer.close()
                try await eventually { kafka.server.connectionCount == 0 }
                #expect(kafka.server.bufferedBytes >= round * 90_000)
            }
            let late = try await kafka.client(as: "owner")
            try await late.send(.produce, 8, body)
            kafka.files.releaseSyncs()
            _ = try await late.next()
            try await eventually { kafka.server.bufferedBytes == 0 }
            #expect(try await late.fetch("telemetry", from: 2).values == [value])
        }
    }

    @Test("half a request holds its share only until it is overdue, and the others go on then")
    func halfRequest() async throws {
        try await TestKafka.run([
            .set(\.requestBytesInAllMax, 100_000), .set(\.requestTimeout, .milliseconds(500)),
        ]) { kafka in
            let half = try await kafka.client(as: "owner")
            var start = ByteBuffer(integer: Int32(100_000))
            start.writeRepeatingByte(0, count: 10)
            await half.send(bytes: start)
            try await eventually { kafka.server.bufferedBytes == 100_000 }
            let client = try await kafka.client()
            try await client.login("owner", "secret")
            #expect(try await client.produce("telemetry", .batch(["a"])).error == 0)
            try await eventually { kafka.closed(.requestTimeout) == 1 }
        }
    }

    @Test("heartbeats, commits and fetches do not wait for the memory that large requests wait for")
    func smallRequests() async throws {
        try await TestKafka.run([.set(\.requestBytesInAllMax, 100_000)]) { kafka in
            let member = GroupClient(try await kafka.client(as: "owner"), group: "g")
            _ = try await member.join()
            #expect(try await member.sync([member.memberID]).error == 0)
            let half = try await kafka.client(as: "owner")
            var start = ByteBuffer(integer: Int32(100_000))
            start.writeRepeatingByte(0, count: 10)
            await half.send(bytes: start)
            try await eventually { kafka.server.bufferedBytes == 100_000 }
            let producer = try await kafka.client(as: "owner")
            try await producer.send(.produce, 8, KafkaClient.produceBody("telemetry", 0, .batch(["a"])))
            #expect(try await member.heartbeat() == 0)
            #expect(try await member.commit("telemetry", 1) == 0)
            #expect(try await member.client.fetch("telemetry", from: 0).values.isEmpty)
            // Produce waits, however small, until the half request is given up.
            #expect(kafka.metrics.value("batches_produced") == 0)
            #expect(kafka.closed(.requestTimeout) == 0)
            await half.close()
            var frame = try await producer.next()
            _ = frame.readInt32()
            #expect(KafkaClient.produced(frame).error == 0)
            try await eventually { kafka.server.bufferedBytes == 0 }
        }
    }

    @Test("a partition that a request names a hundred times is read once")
    func repeatedPartition() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            let value = String(repeating: "x", count: 1_000)
            for _ in 0..<3 { #expect(try await client.produce("telemetry", .batch([value])).error == 0) }
            let places = Array(repeating: ("telemetry", [Int32](repeating: 0, count: 10)), count: 10)
            let body = KafkaClient.fetchBody(places + [("telemetry", [1])], wait: 0)
            var answer = try await client.call(.fetch, 11, body)
            #expect(try KafkaClient.fetched(answer).values.count == 3)
            _ = answer.readBytes(length: 10)
            #expect(answer.readInt32() == 2, "topic entries")
        }
    }

    @Test("a thousand searches by time are each answered, and a partition that is named twice with 42")
    func manySearches() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            #expect(try await client.produce("telemetry", partition: 2, .batch(["a"])).error == 0)
            var body = ByteBuffer()
            body.writeInteger(Int32(-1))
            body.writeInteger(Int8(0))
            let partitions = [Int32](repeating: 1, count: 1_000) + [2, 3]
            body.writeArray(["telemetry"]) { body, topic in
                body.writeText(topic)
                body.writeArray(partitions) { body, partition in
                    body.writeInteger(partition)
                    body.writeInteger(Int32(-1))
                    body.writeInteger(Int64(0))
                }
            }
            var answer = try await client.call(.listOffsets, 5, body)
            _ = answer.readInt32()
            _ = answer.readInt32()
            _ = answer.readText()
            #expect(answer.readInt32() == 1_002)
            var found: [String: Int] = [:]
            for _ in partitions {
                let (partition, error) = (answer.readInt32(), answer.readInt16())
                _ = answer.readInt64()
                found["\(partition): \(error) \(answer.readInt64())", default: 0] += 1
                _ = answer.readInt32()
            }
            #expect(found == ["1: 42 -1": 1_000, "2: 0 0": 1, "3: 0 -1": 1])
        }
    }

    @Test("answers of all connections together are bounded; those beyond wait, and all are served")
    func answerBudget() async throws {
        try await TestKafka.run([.set(\.answerBytesInAllMax, 600_000)]) { kafka in
            let producer = try await kafka.client(as: "owner")
            let value = String(repeating: "x", count: 100_000)
            for _ in 0..<10 { #expect(try await producer.produce("telemetry", .batch([value])).error == 0) }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<10 {
                    let client = try await kafka.client(as: "reader")
                    group.addTask {
                        var count = 0
                        while count < 10 {
                            count += try await client.fetch("telemetry", from: Int64(count)).values.count
                        }
                        return count
                    }
                }
                for try await count in group { #expect(count == 10) }
            }
            try await eventually { kafka.server.bufferedBytes == 0 }
        }
    }

    @Test("an idle connection is closed")
    func idle() async throws {
        try await TestKafka.run([.set(\.idleTimeout, .milliseconds(200))]) { kafka in
            let client = try await kafka.client(as: "owner")
            #expect(try await client.isClosed())
            try await eventually { kafka.closed(.idle) == 1 }
        }
    }

    @Test("a stop answers who waits for records")
    func stop() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            try await client.send(.fetch, 11, KafkaClient.fetchBody("telemetry", from: 0, wait: 30_000))
            try await eventually { kafka.metrics.value("fetches_waiting") == 1 }
            await kafka.server.stop()
            var frame = try await client.next()
            _ = frame.readInt32()
            #expect(try KafkaClient.fetched(frame).error == 0)
            #expect(try await client.isClosed())
        }
    }
}
