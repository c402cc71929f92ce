import KafkaProtocol
import LogFormat

/// A topic that is to be made: what CreateTopics says, checked. Contract kafka §7.
struct TopicOrder: Equatable, Sendable {
    var name: String
    var partitions: Int
    var settings: TopicSettings

    /// Why it cannot be made.
    struct Fault: Error, Equatable {
        var error: KafkaError
        var message: String
    }

    /// Checks one topic of the request against what this broker can do.
    init(
        _ topic: CreateTopicsRequest.Topic,
        partitionsDefault: Int,
        settingsDefault: TopicSettings
    ) throws(Fault) {
        guard TopicName.isValid(topic.name) else {
            throw Fault(error: .invalidTopic, message: "a name has 1 to 249 of A–Z a–z 0–9 . _ -")
        }
        let partitions: Int
        if topic.assignments.isEmpty {
            guard topic.replicationFactor == 1 || topic.replicationFactor == -1 else {
                throw Fault(error: .invalidReplicationFactor, message: "this cluster has one node: replication is 1")
            }
            partitions = topic.partitions == -1 ? partitionsDefault : Int(topic.partitions)
        } else {
            guard topic.assignments.allSatisfy({ $0.brokers == [KafkaEndpoint.nodeID] }),
                Set(topic.assignments.map(\.partition)) == Set(0..<Int32(topic.assignments.count))
            else {
                throw Fault(error: .invalidReplicationFactor, message: "partitions from 0 on, all on the only node")
            }
            partitions = topic.assignments.count
        }
        guard (1...StoredFrame.partitionCountMax).contains(partitions) else {
            let most = StoredFrame.partitionCountMax
            throw Fault(error: .invalidPartitions, message: "a topic has 1 to \(most) partitions, not \(partitions)")
        }
        self.name = topic.name
        self.partitions = partitions
        do throws(TopicConfigs.Fault) {
            self.settings = try TopicConfigs.settings(topic.configs, from: settingsDefault, partitions: partitions)
        } catch {
            throw Fault(error: .invalidConfig, message: error.message)
        }
    }
}
