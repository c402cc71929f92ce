package import NIOCore

/// A group's positions. Source: contracts/kafka.md §3, §8.
package struct OffsetFetchAnswer: KafkaAnswer {
    /// Positions in one topic.
    package struct Topic: Equatable, Sendable {
        package var name: String
        package var partitions: [Partition]

        /// Positions in one topic.
        package init(name: String, partitions: [Partition]) {
            self.name = name
            self.partitions = partitions
        }
    }

    /// A position in one partition.
    package struct Partition: Equatable, Sendable {
        package var partition: Int32
        /// The next offset to read; -1: none committed, which is no error.
        package var offset: Int64
        /// -1: not known. Version 5.
        package var leaderEpoch: Int32
        /// As committed; empty without a commit.
        package var metadata: String?
        package var error: KafkaError

        /// A position; the defaults are those of nothing committed.
        package init(
            partition: Int32,
            offset: Int64 = -1,
            leaderEpoch: Int32 = -1,
            metadata: String? = "",
            error: KafkaError = .noError
        ) {
            self.partition = partition
            self.offset = offset
            self.leaderEpoch = leaderEpoch
            self.metadata = metadata
            self.error = error
        }
    }

    /// An error of the whole request. Below version 2 it cannot be told: set it in the partitions too.
    package var error: KafkaError
    package var topics: [Topic]

    /// An answer.
    package init(error: KafkaError = .noError, topics: [Topic]) {
        self.error = error
        self.topics = topics
    }

    /// An error of the whole request, also told for each partition that `request` names.
    package init(refusing request: OffsetFetchRequest, with error: KafkaError) {
        self.error = error
        self.topics = (request.topics ?? []).map { topic in
            Topic(name: topic.name, partitions: topic.partitions.map { Partition(partition: $0, error: error) })
        }
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        if version >= 3 { buffer.writeThrottle() }
        buffer.writeKafkaArray(self.topics) { buffer, topic in
            buffer.writeKafkaString(topic.name)
            buffer.writeKafkaArray(topic.partitions) { buffer, partition in
                buffer.writeInteger(partition.partition)
                buffer.writeInteger(partition.offset)
                if version >= 5 { buffer.writeInteger(partition.leaderEpoch) }
                buffer.writeKafkaString(partition.metadata)
                buffer.writeError(partition.error)
            }
        }
        if version >= 2 { buffer.writeError(self.error) }
    }
}
