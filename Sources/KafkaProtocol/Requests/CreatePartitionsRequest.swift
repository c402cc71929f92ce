/// CreatePartitions (37): more partitions for a topic. Source: contracts/kafka.md §3.
package struct CreatePartitionsRequest: KafkaRequest {
    package static let key = APIKey.createPartitions

    /// A topic, and how many partitions it is to have.
    package struct Topic: RequestElement {
        package static let bytesMin = 10

        package var name: String
        /// In all, not in addition; as it came.
        package var partitions: Int32
        /// Brokers of each new partition, when given by hand.
        package var assignments: [Assignment]?
    }

    /// Which brokers keep one new partition.
    package struct Assignment: RequestElement {
        package static let bytesMin = 4

        package var brokers: [Int32]
    }

    package var topics: [Topic]
    /// ms; as it came.
    package var timeoutMilliseconds: Int32
    /// Check, and change nothing.
    package var validatesOnly: Bool
}

extension CreatePartitionsRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.topics = try fields.array(version)
        self.timeoutMilliseconds = try fields.integer()
        self.validatesOnly = try fields.boolean()
    }
}

extension CreatePartitionsRequest.Topic {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.name = try fields.string()
        self.partitions = try fields.integer()
        self.assignments = try fields.nullableArray(version)
    }
}

extension CreatePartitionsRequest.Assignment {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.brokers = try fields.array(version)
    }
}
