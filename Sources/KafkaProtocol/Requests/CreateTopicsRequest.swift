/// CreateTopics (19). Source: contracts/kafka.md §3, §7.
package struct CreateTopicsRequest: KafkaRequest {
    package static let key = APIKey.createTopics

    /// A topic to make.
    package struct Topic: RequestElement {
        package static let bytesMin = 16

        package var name: String
        /// -1: default; also when ``assignments`` says it. As it came.
        package var partitions: Int32
        /// 1, or -1: default; else error 38. As it came.
        package var replicationFactor: Int16
        /// Partitions given to brokers by hand.
        package var assignments: [Assignment]
        package var configs: [Config]
    }

    /// Which brokers keep one partition.
    package struct Assignment: RequestElement {
        package static let bytesMin = 8

        package var partition: Int32
        package var brokers: [Int32]
    }

    /// One setting.
    package struct Config: RequestElement {
        package static let bytesMin = 4

        package var name: String
        package var value: String?
    }

    package var topics: [Topic]
    /// ms; as it came.
    package var timeoutMilliseconds: Int32
    /// Check, and make nothing.
    package var validatesOnly: Bool
}

extension CreateTopicsRequest {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.topics = try fields.array(version)
        self.timeoutMilliseconds = try fields.integer()
        self.validatesOnly = try fields.boolean()
    }
}

extension CreateTopicsRequest.Topic {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.name = try fields.string()
        self.partitions = try fields.integer()
        self.replicationFactor = try fields.integer()
        self.assignments = try fields.array(version)
        self.configs = try fields.array(version)
    }
}

extension CreateTopicsRequest.Assignment {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.partition = try fields.integer()
        self.brokers = try fields.array(version)
    }
}

extension CreateTopicsRequest.Config {
    package init(_ fields: inout RequestFields, version: Int16) throws(KafkaWireError) {
        self.name = try fields.string()
        self.value = try fields.nullableString()
    }
}
