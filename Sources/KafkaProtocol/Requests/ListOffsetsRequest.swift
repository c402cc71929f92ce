/// ListOffsets (2): the first offset at or behind a time. Source: contracts/kafka.md §3, §7.
package struct ListOffsetsRequest: KafkaRequest {
    package static let key = APIKey.listOffsets
    /// The timestamp that asks for the high watermark.
    package static let latest: Int64 = -1
    /// The timestamp that asks for the log's start.
    package static let earliest: Int64 = -2

    /// What is asked of one topic.
    package struct Topic: RequestElement {
        package static let bytesMin = 6

        package var name: String
        package var partitions: [Partition]
    }

    /// What is asked of one partition.
    package struct Partition: RequestElement {
        package static let bytesMin = 12

        package var partition: Int32
        /// -1: not said. Version 4 on, -1 below.
        package var currentLeaderEpoch: Int32
        /// ms since 1970, or ``ListOffsetsRequest/latest`` or ``ListOffsetsRequest/earliest``; as it came.
        package var timestamp: Int64
    }

    /// -1: a consumer.
    package var replicaID: Int32
    /// 0: read uncommitted, 1: read committed; the same here. Version 2 on.
    package var isolation: Int8
    package var topics: [Topic]
}

extension ListOffsetsRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.replicaID = try fields.integer()
        self.isolation = version >= 2 ? try fields.integer() : 0
        self.topics = try fields.array(version)
    }
}

extension ListOffsetsRequest.Topic {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.name = try fields.string()
        self.partitions = try fields.array(version)
    }
}

extension ListOffsetsRequest.Partition {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.partition = try fields.integer()
        self.currentLeaderEpoch = version >= 4 ? try fields.integer() : -1
        self.timestamp = try fields.integer()
    }
}
