/// OffsetCommit (8): how far a group has read. Source: contracts/kafka.md §3, §8.
package struct OffsetCommitRequest: KafkaRequest {
    package static let key = APIKey.offsetCommit

    /// Positions in one topic.
    package struct Topic: RequestElement {
        package static let bytesMin = 6

        package var name: String
        package var partitions: [Partition]
    }

    /// A position in one partition.
    package struct Partition: RequestElement {
        package static let bytesMin = 14

        package var partition: Int32
        /// The next offset to read.
        package var offset: Int64
        /// -1: not said. Version 6 on, -1 below.
        package var leaderEpoch: Int32
        /// The client's own words, at most 32,767 bytes here.
        package var metadata: String?
    }

    package var group: String
    /// -1: from outside the group.
    package var generation: Int32
    /// Empty: from outside the group.
    package var memberID: String
    /// Version 7 on.
    package var instanceID: String?
    /// Versions 2 to 4, -1 else; not obeyed.
    package var retentionMilliseconds: Int64
    package var topics: [Topic]
}

extension OffsetCommitRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.group = try fields.string()
        self.generation = try fields.integer()
        self.memberID = try fields.string()
        self.instanceID = version >= 7 ? try fields.nullableString() : nil
        self.retentionMilliseconds = (2...4).contains(version) ? try fields.integer() : -1
        self.topics = try fields.array(version)
    }
}

extension OffsetCommitRequest.Topic {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.name = try fields.string()
        self.partitions = try fields.array(version)
    }
}

extension OffsetCommitRequest.Partition {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.partition = try fields.integer()
        self.offset = try fields.integer()
        self.leaderEpoch = version >= 6 ? try fields.integer() : -1
        self.metadata = try fields.nullableString()
    }
}
