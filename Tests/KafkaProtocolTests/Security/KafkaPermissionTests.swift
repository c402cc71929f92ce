import KafkaProtocol
import Testing

@Suite("what a Kafka client may do, contracts/kafka.md §9")
struct KafkaPermissionTests {
    private typealias Operation = KafkaPermission.TopicOperation

    private let permission = KafkaPermission(gatewayTopics: ["telemetry", "lifecycle", "dead-letter"])

    private func permitted(_ rights: KafkaRights, topic: String, only: String? = nil) -> [Operation] {
        let principal = KafkaPrincipal(name: "p", rights: rights, entityPath: only)
        return Operation.allCases.filter { self.permission.check($0, topic, by: principal) == .noError }
    }

    @Test(
        "rights permit these operations on a client's own topic",
        arguments: [
            ([], []), (.listen, [.describe, .read]), (.send, [.describe, .produce]),
            (.manage, [.describe, .create, .delete, .alter, .describeConfigs]), (.all, Operation.allCases),
            ([.listen, .send], [.describe, .produce, .read]),
        ] as [(KafkaRights, [KafkaPermission.TopicOperation])]
    )
    func rights(rights: KafkaRights, operations: [KafkaPermission.TopicOperation]) {
        #expect(self.permitted(rights, topic: "orders") == operations)
    }

    @Test(
        "of the gateway's topics only telemetry takes Produce, and none is deleted or altered",
        arguments: [
            ("telemetry", [.describe, .produce, .read, .create, .describeConfigs]),
            ("lifecycle", [.describe, .read, .create, .describeConfigs]),
            ("dead-letter", [.describe, .read, .create, .describeConfigs]),
        ] as [(String, [KafkaPermission.TopicOperation])]
    )
    func gatewayTopics(topic: String, operations: [KafkaPermission.TopicOperation]) {
        #expect(self.permitted(.all, topic: topic) == operations)
    }

    @Test("topics whose names begin with _ are as if they were not there", arguments: ["_offsets", "_mqtt", "_"])
    func hidden(topic: String) {
        let principal = KafkaPrincipal(name: "p", rights: .all)
        for operation in Operation.allCases {
            #expect(
                self.permission.check(operation, topic, by: principal)
                    == (operation == .create ? .invalidTopic : .unknownTopicOrPartition)
            )
        }
    }

    @Test("EntityPath limits to one topic, whatever the rights")
    func entityPath() {
        #expect(self.permitted(.all, topic: "orders", only: "orders") == Operation.allCases)
        #expect(self.permitted(.all, topic: "orders2", only: "orders") == [])
        #expect(self.permitted(.listen, topic: "orders", only: "orders") == [.describe, .read])
        let principal = KafkaPrincipal(name: "p", rights: .all, entityPath: "orders")
        #expect(self.permission.check(.read, "telemetry", by: principal) == .topicAuthorizationFailed)
        #expect(self.permission.check(.read, "_offsets", by: principal) == .unknownTopicOrPartition)
    }

    @Test(
        "rights permit these operations on groups",
        arguments: [
            ([], []), (.listen, [.use, .describe]), (.send, []), (.manage, [.describe, .delete]),
            (.all, KafkaPermission.GroupOperation.allCases),
        ] as [(KafkaRights, [KafkaPermission.GroupOperation])]
    )
    func groups(rights: KafkaRights, operations: [KafkaPermission.GroupOperation]) {
        let principal = KafkaPrincipal(name: "p", rights: rights)
        for operation in KafkaPermission.GroupOperation.allCases {
            #expect(
                self.permission.check(operation, by: principal)
                    == (operations.contains(operation) ? .noError : .groupAuthorizationFailed)
            )
        }
    }
}
