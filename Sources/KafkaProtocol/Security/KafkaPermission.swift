/// Decides what a principal may do with topics and groups. Pure. Source: contracts/kafka.md §9.
package struct KafkaPermission: Sendable {
    /// What is asked about one topic.
    package enum TopicOperation: CaseIterable, Sendable {
        /// Metadata.
        case describe
        /// Produce.
        case produce
        /// Fetch, ListOffsets, offsets of a group.
        case read
        /// CreateTopics.
        case create
        /// DeleteTopics.
        case delete
        /// CreatePartitions.
        case alter
        /// DescribeConfigs.
        case describeConfigs
    }

    /// What is asked about a group.
    package enum GroupOperation: CaseIterable, Sendable {
        /// FindCoordinator, JoinGroup, SyncGroup, Heartbeat, LeaveGroup, OffsetCommit, OffsetFetch.
        case use
        /// DescribeGroups, ListGroups.
        case describe
        /// DeleteGroups.
        case delete
    }

    /// The gateway's topics that take Produce.
    package static let gatewayTopicsTakingProduce: Set<String> = ["telemetry"]

    /// The topics that the gateway made.
    package let gatewayTopics: Set<String>

    /// Permissions of a gateway that made these topics.
    package init(gatewayTopics: Set<String>) {
        self.gatewayTopics = gatewayTopics
    }

    /// What a principal is answered that asks this of a topic.
    ///
    /// - Parameters:
    ///   - operation: what it asks.
    ///   - topic: the topic's name; need not exist.
    ///   - principal: who asks.
    /// - Returns: `.noError` when it may. The gateway's own topics (`_…`) are as if they were not there.
    package func check(_ operation: TopicOperation, _ topic: String, by principal: KafkaPrincipal) -> KafkaError {
        if topic.utf8.first == UInt8(ascii: "_") {
            return operation == .create ? .invalidTopic : .unknownTopicOrPartition
        }
        if let only = principal.entityPath, only != topic { return .topicAuthorizationFailed }
        let isGatewayTopic = self.gatewayTopics.contains(topic)
        let isPermitted =
            switch operation {
            case .describe: !principal.rights.isEmpty
            case .produce:
                principal.rights.contains(.send)
                    && (!isGatewayTopic || Self.gatewayTopicsTakingProduce.contains(topic))
            case .read: principal.rights.contains(.listen)
            case .create, .describeConfigs: principal.rights.contains(.manage)
            case .delete, .alter: principal.rights.contains(.manage) && !isGatewayTopic
            }
        return isPermitted ? .noError : .topicAuthorizationFailed
    }

    /// What a principal is answered that asks this of a group.
    package func check(_ operation: GroupOperation, by principal: KafkaPrincipal) -> KafkaError {
        let isPermitted =
            switch operation {
            case .use: principal.rights.contains(.listen)
            case .describe: !principal.rights.isDisjoint(with: [.listen, .manage])
            case .delete: principal.rights.contains(.manage)
            }
        return isPermitted ? .noError : .groupAuthorizationFailed
    }
}
