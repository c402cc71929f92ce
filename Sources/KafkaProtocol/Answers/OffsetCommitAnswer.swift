package import NIOCore

/// Which positions are kept: durably, once this is sent. Source: contracts/kafka.md §3, §8.
package struct OffsetCommitAnswer: KafkaAnswer {
    /// Outcomes in one topic.
    package struct Topic: Equatable, Sendable {
        package var name: String
        package var partitions: [Partition]

        /// Outcomes in one topic.
        package init(name: String, partitions: [Partition]) {
            self.name = name
            self.partitions = partitions
        }
    }

    /// The outcome in one partition.
    package struct Partition: Equatable, Sendable {
        package var partition: Int32
        package var error: KafkaError

        /// The outcome in one partition.
        package init(partition: Int32, error: KafkaError) {
            self.partition = partition
            self.error = error
        }
    }

    package var topics: [Topic]

    /// An answer.
    package init(topics: [Topic]) {
        self.topics = topics
    }

    /// The same outcome for every partition of `request`.
    package init(to request: OffsetCommitRequest, with error: KafkaError) {
        self.topics = request.topics.map { topic in
            let partitions = topic.partitions.map { Partition(partition: $0.partition, error: error) }
            return Topic(name: topic.name, partitions: partitions)
        }
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        if version >= 3 { buffer.writeThrottle() }
        buffer.writeKafkaArray(self.topics) { buffer, topic in
            buffer.writeKafkaString(topic.name)
            buffer.writeKafkaArray(topic.partitions) { buffer, partition in
                buffer.writeInteger(partition.partition)
                buffer.writeError(partition.error)
            }
        }
    }
}
