package import NIOCore

/// Offsets found by time. Source: contracts/kafka.md §3, §7.
package struct ListOffsetsAnswer: KafkaAnswer {
    /// What was found in one topic.
    package struct Topic: Equatable, Sendable {
        package var name: String
        package var partitions: [Partition]

        /// What was found in one topic.
        package init(name: String, partitions: [Partition]) {
            self.name = name
            self.partitions = partitions
        }
    }

    /// What was found in one partition.
    package struct Partition: Equatable, Sendable {
        package var partition: Int32
        package var error: KafkaError
        /// ms since 1970; -1 for the log's ends and when nothing was found.
        package var timestamp: Int64
        /// -1: nothing found.
        package var offset: Int64
        /// -1: not known. Version 4 on.
        package var leaderEpoch: Int32

        /// What was found; the defaults are those of an error and of nothing found.
        package init(
            partition: Int32,
            error: KafkaError,
            timestamp: Int64 = -1,
            offset: Int64 = -1,
            leaderEpoch: Int32 = -1
        ) {
            self.partition = partition
            self.error = error
            self.timestamp = timestamp
            self.offset = offset
            self.leaderEpoch = leaderEpoch
        }
    }

    package var topics: [Topic]

    /// An answer.
    package init(topics: [Topic]) {
        self.topics = topics
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        if version >= 2 { buffer.writeThrottle() }
        buffer.writeKafkaArray(self.topics) { buffer, topic in
            buffer.writeKafkaString(topic.name)
            buffer.writeKafkaArray(topic.partitions) { buffer, partition in
                buffer.writeInteger(partition.partition)
                buffer.writeError(partition.error)
                buffer.writeInteger(partition.timestamp)
                buffer.writeInteger(partition.offset)
                if version >= 4 { buffer.writeInteger(partition.leaderEpoch) }
            }
        }
    }
}
