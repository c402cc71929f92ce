import NIOCore

@testable import KafkaProtocol

extension WireSample {
    static var saslHandshake: WireSample {
        WireSample(
            .saslHandshake(SaslHandshakeRequest(mechanism: "PLAIN")),
            SaslHandshakeAnswer(error: .unsupportedSASLMechanism, mechanisms: ["PLAIN", "SCRAM-SHA-256"])
        )
    }

    static var saslAuthenticate: WireSample {
        let answer = SaslAuthenticateAnswer(
            error: .saslAuthenticationFailed,
            message: "authentication failed",
            token: ByteBuffer(string: "e=x"),
            sessionLifetimeMilliseconds: 3_600_000
        )
        let token = ByteBuffer(string: "\0user\0password")
        return WireSample(.saslAuthenticate(SaslAuthenticateRequest(token: token)), answer)
    }

    static func apiVersions(_ version: Int16) -> WireSample {
        let request = ApiVersionsRequest(
            clientSoftwareName: version >= 3 ? "kafka-python" : "",
            clientSoftwareVersion: version >= 3 ? "3.0.12" : ""
        )
        return WireSample(.apiVersions(request), ApiVersionsAnswer())
    }

    static var createTopics: WireSample {
        let topic = CreateTopicsRequest.Topic(
            name: "tel",
            partitions: 4,
            replicationFactor: 1,
            assignments: [.init(partition: 0, brokers: [1])],
            configs: [.init(name: "retention.ms", value: "60000"), .init(name: "x", value: nil)]
        )
        let request = CreateTopicsRequest(topics: [topic], timeoutMilliseconds: 30_000, validatesOnly: true)
        let answer = CreateTopicsAnswer(topics: [
            .init(name: "tel", error: .noError),
            .init(name: "x", error: .invalidConfig, message: "unknown setting"),
        ])
        return WireSample(.createTopics(request), answer)
    }

    static var deleteTopics: WireSample {
        let answer = DeleteTopicsAnswer(topics: [
            .init(name: "tel", error: .noError),
            .init(name: "x", error: .unknownTopicOrPartition),
        ])
        return WireSample(
            .deleteTopics(DeleteTopicsRequest(topics: ["tel", "x"], timeoutMilliseconds: 30_000)),
            answer
        )
    }

    static var createPartitions: WireSample {
        let request = CreatePartitionsRequest(
            topics: [
                .init(name: "tel", partitions: 8, assignments: nil),
                .init(name: "x", partitions: 2, assignments: [.init(brokers: [1])]),
            ],
            timeoutMilliseconds: 30_000,
            validatesOnly: false
        )
        return WireSample(
            .createPartitions(request),
            CreatePartitionsAnswer(topics: [.init(name: "tel", error: .invalidPartitions, message: "fixed")])
        )
    }

    static func describeConfigs(_ version: Int16) -> WireSample {
        let request = DescribeConfigsRequest(
            resources: [
                .init(type: DescribeConfigsRequest.topic, name: "tel", keys: nil),
                .init(type: DescribeConfigsRequest.broker, name: "1", keys: ["log.dirs"]),
            ],
            includesSynonyms: true,
            includesDocumentation: version >= 3
        )
        let retention = DescribeConfigsAnswer.Config(
            name: "retention.ms",
            value: "604800000",
            source: .standard,
            synonyms: [.init(name: "log.retention.ms", value: nil, source: .staticBroker)],
            type: .long,
            documentation: "how long"
        )
        let other = DescribeConfigsAnswer.Config(name: "x", value: nil, isReadOnly: true, source: .topic)
        let answer = DescribeConfigsAnswer(resources: [
            .init(type: DescribeConfigsRequest.topic, name: "tel", configs: [retention, other]),
            .init(
                error: .unknownTopicOrPartition,
                message: "no such topic",
                type: DescribeConfigsRequest.topic,
                name: "y"
            ),
        ])
        return WireSample(.describeConfigs(request), answer)
    }
}
