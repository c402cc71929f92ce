import EventLog
import KafkaProtocol
import KafkaServer
import LogFormat
import NIOCore
import Testing

@Suite("Metadata and topics, contract kafka §7", .timeLimit(.minutes(1)))
struct TopicAdministrationTests {
    @Test("Metadata tells the listener's address and every visible topic, and makes none")
    func metadata() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "reader")
            let all = try await client.metadata()
            #expect(all.host == "127.0.0.1")
            #expect(all.port == Int32(try #require(kafka.address.port)))
            #expect(all.topics == ["telemetry": 0])
            let named = try await client.metadata(["telemetry", "unknown", "_offsets", "a b"])
            #expect(named.topics == ["telemetry": 0, "unknown": 3, "_offsets": 3, "a b": 17])
            #expect(try await client.metadata([]).topics.isEmpty)
            #expect(kafka.log.topic(named: "unknown") == nil)
        }
    }

    @Test("Metadata makes a topic only when the operator turned that on, and for those who may")
    func onDemand() async throws {
        try await TestKafka.run([.set(\.isTopicCreatedByMetadata, true)]) { kafka in
            let reader = try await kafka.client(as: "reader")
            #expect(try await reader.metadata(["new"]).topics == ["new": 3])
            let owner = try await kafka.client(as: "owner")
            #expect(try await owner.metadata(["new"]).topics == ["new": 0])
        }
    }

    @Test("a topic is made with its partitions and settings, and deleted; the gateway's own stay")
    func createAndDelete() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            #expect(try await client.createTopic("t", partitions: 3, configs: [("retention.ms", "5000")]) == 0)
            #expect(kafka.log.topic(named: "t")?.partitionCount == 3)
            #expect(kafka.log.topic(named: "t")?.settings.retentionMilliseconds == 5_000)
            #expect(try await client.createTopic("t") == 36)
            #expect(try await client.createTopic("u", partitions: 33) == 37)
            #expect(try await client.createTopic("u", replication: 3) == 38)
            #expect(try await client.createTopic("u", configs: [("a", "b")]) == 40)
            #expect(try await client.createTopic("a b") == 17)
            #expect(try await client.deleteTopic("t") == 0)
            #expect(kafka.log.topic(named: "t") == nil)
            #expect(try await client.deleteTopic("t") == 3)
            #expect(try await client.deleteTopic("telemetry") == 29)
            #expect(try await client.deleteTopic("_offsets") == 3)
            let reader = try await kafka.client(as: "reader")
            #expect(try await reader.createTopic("u") == 29)
        }
    }

    @Test("settings are described with their sources")
    func configs() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            #expect(try await client.createTopic("t", configs: [("retention.ms", "5000")]) == 0)
            var body = ByteBuffer()
            body.writeArray([(Int8(2), "t"), (4, "1")]) { body, resource in
                body.writeInteger(resource.0)
                body.writeText(resource.1)
                body.writeArray(resource.0 == 2 ? ["retention.ms"] : ["num.partitions"]) { $0.writeText($1) }
            }
            body.writeInteger(UInt8(0))
            var answer = try await client.call(.describeConfigs, 1, body)
            _ = answer.readInt32()
            #expect(answer.readInt32() == 2)
            for (name, value, readOnly, source) in [
                ("retention.ms", "5000", 0, 1), ("num.partitions", "4", 1, 4),
            ] as [(String, String, UInt8, Int8)] {
                #expect(answer.readInt16() == 0)
                _ = answer.readText()
                _ = answer.readInteger(as: Int8.self)
                _ = answer.readText()
                #expect(answer.readInt32() == 1)
                #expect(answer.readText() == name)
                #expect(answer.readText() == value)
                #expect(answer.readInteger(as: UInt8.self) == readOnly)
                #expect(answer.readInteger(as: Int8.self) == source)
                _ = answer.readInteger(as: UInt8.self)
                #expect(answer.readInt32() == 0)
            }
        }
    }

    @Test("the cluster's id is the same after a restart")
    func clusterID() async throws {
        let directory = try TestKafka.makeDirectory()
        var ids: [String] = []
        for _ in 0..<2 {
            try await TestKafka.run(in: directory) { kafka in
                let client = try await kafka.client(as: "owner")
                var body = ByteBuffer()
                body.writeInteger(Int32(0))
                var answer = try await client.call(.metadata, 2, body)
                _ = answer.readInt32()
                _ = answer.readInt32()
                _ = answer.readText()
                _ = answer.readInt32()
                _ = answer.readText()
                ids.append(answer.readText() ?? "")
            }
        }
        #expect(ids[0].utf8.count == 22)
        #expect(ids[0] == ids[1])
    }

    @Test("FindCoordinator names this node; transactions have none")
    func coordinator() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "reader")
            for (type, error) in [(Int8(0), Int16(0)), (1, 53), (2, 42), (-1, 42)] {
                var body = ByteBuffer()
                body.writeText("g")
                body.writeInteger(type)
                var answer = try await client.call(.findCoordinator, 1, body)
                _ = answer.readInt32()
                #expect(answer.readInt16() == error)
                _ = answer.readText()
                #expect(answer.readInt32() == (error == 0 ? 1 : -1))
            }
        }
    }
}
