import EventLog
import KafkaProtocol
import KafkaServer
import NIOCore
import ServerTestSupport
import TestSupport
import Testing

@Suite("Produce, contract kafka §5", .timeLimit(.minutes(1)))
struct ProduceTests {
    @Test("offsets follow one another and the records are read back")
    func stored() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            #expect(try await client.produce("telemetry", .batch(["a", "b"])) == Produced(error: 0, baseOffset: 0))
            #expect(try await client.produce("telemetry", .batch(["c"])) == Produced(error: 0, baseOffset: 2))
            #expect(try await client.fetch("telemetry", from: 0).values == ["a", "b", "c"])
            try await eventually { kafka.metrics.value("batches_produced") == 2 }
        }
    }

    @Test("nothing is answered before the fdatasync")
    func afterSync() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            let other = try await kafka.client(as: "owner")
            kafka.files.holdSyncs()
            let body = KafkaClient.produceBody("telemetry", 0, .batch(["a"]))
            try await client.send(.produce, 8, body)
            try await kafka.files.heldSyncs.next()
            let fetched = try await other.fetch("telemetry", from: 0)
            #expect(fetched.values.isEmpty)
            #expect(fetched.highWatermark == 0)
            kafka.files.releaseSyncs()
            var frame = try await client.next()
            _ = frame.readInt32()
            #expect(KafkaClient.produced(frame).error == 0)
        }
    }

    @Test("requests sent ahead are answered in their order, whatever they take")
    func sentAhead() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            var ids: [Int32] = []
            for number in 0..<200 {
                let partition = Int32(number % 4)
                let body = KafkaClient.produceBody("telemetry", partition, .batch(["\(number)"]))
                ids.append(try await client.send(.produce, 8, body))
                if number % 50 == 0 { ids.append(try await client.send(.apiVersions, 0)) }
            }
            var answered: [Int32] = []
            while answered.count < ids.count {
                var frame = try await client.next()
                answered.append(frame.readInt32())
            }
            #expect(answered == ids)
            var stored: [String] = []
            for partition in 0..<4 as Range<Int32> {
                stored += try await client.fetch("telemetry", partition: partition, from: 0).values
            }
            #expect(stored.compactMap { Int($0) }.sorted() == Array(0..<200))
        }
    }

    @Test("a batch that cannot be stored gets its error, and its connection stays")
    func refused() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            var broken = ByteBuffer.batch(["abc"])
            broken.setInteger(UInt8(0xFF), at: broken.writerIndex - 2)
            #expect(try await client.produce("telemetry", broken).error == 2)
            #expect(try await client.produce("telemetry", partition: 4, .batch(["a"])).error == 3)
            #expect(try await client.produce("telemetry", partition: -1, .batch(["a"])).error == 3)
            #expect(try await client.produce("unknown", .batch(["a"])).error == 3)
            #expect(try await client.produce("_offsets", .batch(["a"])).error == 3)
            let large = String(repeating: "x", count: 1_048_588)
            #expect(try await client.produce("telemetry", .batch([large])).error == 10)
            let body = KafkaClient.produceBody("telemetry", 0, .batch(["a"]), acks: 2)
            #expect(KafkaClient.produced(try await client.call(.produce, 8, body)).error == 21)
            var transactional = ByteBuffer()
            transactional.writeText("transaction")
            transactional.writeImmutableBuffer(body.getSlice(at: 2, length: body.readableBytes - 2) ?? ByteBuffer())
            #expect(KafkaClient.produced(try await client.call(.produce, 8, transactional)).error == 53)
            #expect(try await client.fetch("telemetry", from: 0).values.isEmpty)
        }
    }

    @Test("versions 0 to 2 are advertised and refused with 35", arguments: [0, 1, 2] as [Int16])
    func oldVersions(version: Int16) async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            var body = KafkaClient.produceBody("telemetry", 0, .batch(["a"]))
            body.moveReaderIndex(forwardBy: 2)
            #expect(KafkaClient.produced(try await client.call(.produce, version, body.slice())).error == 35)
            #expect(try await client.fetch("telemetry", from: 0).values.isEmpty)
        }
    }

    @Test("acks=0 gets no answer; what could not be stored closes the connection")
    func withoutAnswer() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            try await client.send(.produce, 8, KafkaClient.produceBody("telemetry", 0, .batch(["a"]), acks: 0))
            // In its turn: nothing was answered before it.
            #expect(try await client.fetch("telemetry", from: 0).values == ["a"])
            try await client.send(.produce, 8, KafkaClient.produceBody("unknown", 0, .batch(["a"]), acks: 0))
            #expect(try await client.isClosed())
            try await eventually { kafka.closed(.unansweredFailure) == 1 }
        }
    }

    @Test("who may only read is told so; of the gateway's topics only telemetry takes records")
    func permissions() async throws {
        try await TestKafka.run { kafka in
            _ = try kafka.log.openTopic("alerts")
            let reader = try await kafka.client(as: "reader")
            #expect(try await reader.produce("telemetry", .batch(["a"])).error == 29)
            #expect(try await reader.fetch("telemetry", from: 0).error == 0)
            let writer = try await kafka.client(as: "writer")
            #expect(try await writer.fetch("telemetry", from: 0).error == 29)
            #expect(try await writer.produce("telemetry", .batch(["a"])).error == 0)
            let owner = try await kafka.client(as: "owner")
            #expect(try await owner.produce("alerts", .batch(["a"])).error == 29)
        }
    }

    @Test("of two batches for one partition in a request none is stored, also under two names of the topic")
    func twice() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            for topics in [[[Int32(0), 0, 1]], [[0, 1], [0]]] {
                var body = ByteBuffer()
                body.writeText(nil)
                body.writeInteger(Int16(-1))
                body.writeInteger(Int32(30_000))
                body.writeArray(topics) { body, partitions in
                    body.writeText("telemetry")
                    body.writeArray(partitions) { body, partition in
                        let batch = ByteBuffer.batch(["a"])
                        body.writeInteger(partition)
                        body.writeInteger(Int32(batch.readableBytes))
                        body.writeImmutableBuffer(batch)
                    }
                }
                var answer = try await client.call(.produce, 8, body)
                for _ in 0..<answer.readInt32() {
                    #expect(answer.readText() == "telemetry")
                    for _ in 0..<answer.readInt32() {
                        let partition = answer.readInt32()
                        #expect(answer.readInt16() == (partition == 0 ? 87 : 0))
                        _ = answer.readBytes(length: 28)
                        _ = answer.readText()
                    }
                }
            }
            #expect(try await client.fetch("telemetry", partition: 0, from: 0).values.isEmpty)
            #expect(try await client.fetch("telemetry", partition: 1, from: 0).values.count == 2)
        }
    }

    @Test("who may only read gets a producer's number, and its batches the error")
    func readersNumber() async throws {
        try await TestKafka.run { kafka in
            let reader = try await kafka.client(as: "reader")
            var body = ByteBuffer()
            body.writeText(nil)
            body.writeInteger(Int32(60_000))
            var answer = try await reader.call(.initProducerID, 1, body)
            _ = answer.readInt32()
            #expect(answer.readInt16() == 0)
            let producer = answer.readInt64()
            let batch = ByteBuffer.batch(["a"], producerID: producer, epoch: 0, sequence: 0)
            #expect(try await reader.produce("telemetry", batch).error == 29)
        }
    }

    @Test("a repeated batch of an idempotent producer is stored once, also over a restart")
    func idempotent() async throws {
        let directory = try TestKafka.makeDirectory()
        var producer: Int64 = -1
        try await TestKafka.run(in: directory) { kafka in
            let client = try await kafka.client(as: "owner")
            var body = ByteBuffer()
            body.writeText(nil)
            body.writeInteger(Int32(60_000))
            var answer = try await client.call(.initProducerID, 1, body)
            _ = answer.readInt32()
            #expect(answer.readInt16() == 0)
            producer = answer.readInt64()
            #expect(answer.readInt16() == 0)
            let first = ByteBuffer.batch(["a"], producerID: producer, epoch: 0, sequence: 0)
            #expect(try await client.produce("telemetry", first) == Produced(error: 0, baseOffset: 0))
            #expect(try await client.produce("telemetry", first) == Produced(error: 0, baseOffset: 0))
            let late = ByteBuffer.batch(["c"], producerID: producer, epoch: 0, sequence: 2)
            #expect(try await client.produce("telemetry", late).error == 45)
        }
        try await TestKafka.run(in: directory) { kafka in
            let client = try await kafka.client(as: "owner")
            let first = ByteBuffer.batch(["a"], producerID: producer, epoch: 0, sequence: 0)
            #expect(try await client.produce("telemetry", first) == Produced(error: 0, baseOffset: 0))
            let next = ByteBuffer.batch(["b"], producerID: producer, epoch: 0, sequence: 1)
            #expect(try await client.produce("telemetry", next) == Produced(error: 0, baseOffset: 1))
            #expect(try await client.fetch("telemetry", from: 0).values == ["a", "b"])
        }
    }

    @Test("a failed fdatasync is error 56, and reads go on")
    func fenced() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            #expect(try await client.produce("telemetry", .batch(["a"])).error == 0)
            kafka.files.failSyncs(errno: 5)
            #expect(try await client.produce("telemetry", .batch(["b"])).error == 56)
            kafka.files.releaseSyncs()
            #expect(try await client.produce("telemetry", .batch(["c"])).error == 56)
            #expect(try await client.fetch("telemetry", from: 0).values == ["a"])
        }
    }
}
