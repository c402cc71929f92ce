/// OffsetFetch (9): where a group goes on reading. Source: contracts/kafka.md §3, §8.
package struct OffsetFetchRequest: KafkaRequest {
    package static let key = APIKey.offsetFetch

    /// Partitions of one topic.
    package struct Topic: RequestElement {
        package static let bytesMin = 6

        package var name: String
        package var partitions: [Int32]
    }

    package var group: String
    /// `nil`: all that the group has committed; version 2 on.
    package var topics: [Topic]?
}

extension OffsetFetchRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.group = try fields.string()
        self.topics = version >= 2 ? try fields.nullableArray(version) : try fields.array(version)
    }
}

extension OffsetFetchRequest.Topic {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.name = try fields.string()
        self.partitions = try fields.array(version)
    }
}
