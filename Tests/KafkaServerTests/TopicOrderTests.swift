import KafkaProtocol
import LogFormat
import NIOCore
import Testing

@testable import KafkaServer

@Suite("CreateTopics, contract kafka §7")
struct TopicOrderTests {
    private static func request(
        _ name: String = "t",
        partitions: Int32 = 1,
        replication: Int16 = 1,
        configs: [(String, String?)] = []
    ) throws -> CreateTopicsRequest.Topic {
        var body = ByteBuffer()
        body.writeArray([name]) { body, name in
            body.writeText(name)
            body.writeInteger(partitions)
            body.writeInteger(replication)
            body.writeInteger(Int32(0))
            body.writeArray(configs) { body, config in
                body.writeText(config.0)
                body.writeText(config.1)
            }
        }
        body.writeInteger(Int32(0))
        body.writeInteger(UInt8(0))
        let request = try CreateTopicsRequest(reading: &body, version: 4)
        return try #require(request.topics.first)
    }

    private static func error(_ topic: CreateTopicsRequest.Topic) -> KafkaError {
        do throws(TopicOrder.Fault) {
            _ = try TopicOrder(topic, partitionsDefault: 4, settingsDefault: TopicSettings())
            return .noError
        } catch {
            return error.error
        }
    }

    @Test(
        "partitions are 1 to 32 or the default, replication is 1 or the default",
        arguments: [
            (-1, -1, KafkaError.noError), (1, 1, .noError), (32, 1, .noError), (33, 1, .invalidPartitions),
            (0, 1, .invalidPartitions), (-2, 1, .invalidPartitions), (1, 2, .invalidReplicationFactor),
            (1, 0, .invalidReplicationFactor),
        ] as [(Int32, Int16, KafkaError)]
    )
    func counts(partitions: Int32, replication: Int16, expected: KafkaError) throws {
        #expect(Self.error(try Self.request(partitions: partitions, replication: replication)) == expected)
    }

    @Test(
        "a name that cannot be is refused",
        arguments: ["", ".", "..", "a b", "ä", String(repeating: "a", count: 250)]
    )
    func names(name: String) throws {
        #expect(Self.error(try Self.request(name)) == .invalidTopic)
    }

    @Test(
        "settings are set by Kafka's names; others and impossible values are refused",
        arguments: [
            ("retention.ms", "1000", KafkaError.noError), ("retention.ms", "-1", .noError),
            ("retention.ms", "0", .invalidConfig), ("retention.ms", "x", .invalidConfig),
            ("retention.bytes", "1000", .noError), ("retention.bytes", "-1", .noError),
            ("segment.bytes", "1048576", .noError), ("segment.bytes", "1048575", .invalidConfig),
            ("max.message.bytes", "1024", .noError), ("max.message.bytes", "1023", .invalidConfig),
            ("message.timestamp.type", "CreateTime", .noError), ("message.timestamp.type", "x", .invalidConfig),
            ("cleanup.policy", "delete", .noError), ("cleanup.policy", "compact", .invalidConfig),
            ("retention.minutes", "1", .invalidConfig), ("retention.ms", nil, .invalidConfig),
        ] as [(String, String?, KafkaError)]
    )
    func configs(name: String, value: String?, expected: KafkaError) throws {
        #expect(Self.error(try Self.request(configs: [(name, value)])) == expected)
    }

    @Test("what is set is described, bytes per partition")
    func described() throws {
        let configs: [(String, String?)] = [
            ("retention.bytes", "1000"), ("retention.ms", "-1"), ("message.timestamp.type", "CreateTime"),
        ]
        let topic = try Self.request(partitions: 3, configs: configs)
        let order = try TopicOrder(topic, partitionsDefault: 4, settingsDefault: TopicSettings())
        #expect(order.settings.retentionBytes == 3_000)
        #expect(order.settings.retentionMilliseconds == nil)
        #expect(order.settings.timestampType == .createTime)
        let lines = TopicConfigs.describe(order.settings, standard: TopicSettings(), partitions: 3)
        let values = Dictionary(uniqueKeysWithValues: lines.map { ($0.name, $0.value) })
        for (name, value) in configs { #expect(values[name] == value) }
        #expect(lines.filter { $0.value != $0.standard }.count == 3)
    }
}
