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
}
