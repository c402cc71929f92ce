package import NIOCore

/// What became of each batch of a Produce. Source: contracts/kafka.md §3, §5.
package struct ProduceAnswer: KafkaAnswer {
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
        /// Of the first record; -1 with an error.
        package var baseOffset: Int64
        /// ms since 1970; -1 when the client's own timestamps stand. Version 2 on.
        package var logAppendMilliseconds: Int64
        /// -1: not known. Version 5 on.
        package var logStartOffset: Int64
        /// Why, in words. Version 8 on.
        package var message: String?

        /// An outcome; the defaults are those of an error.
        package init(
            partition: Int32,
            error: KafkaError,
            baseOffset: Int64 = -1,
            logAppendMilliseconds: Int64 = -1,
            logStartOffset: Int64 = -1,
            message: String? = nil
        ) {
            self.partition = partition
            self.error = error
            self.baseOffset = baseOffset
            self.logAppendMilliseconds = logAppendMilliseconds
            self.logStartOffset = logStartOffset
            self.message = message
        }
    }

    package var topics: [Topic]

    /// An answer.
    package init(topics: [Topic]) {
        self.topics = topics
    }

    /// The same error for every partition of `request`.
    package init(refusing request: ProduceRequest, with error: KafkaError, message: String? = nil) {
        self.topics = request.topics.map { topic in
            let partitions = topic.partitions.map {
                Partition(partition: $0.partition, error: error, message: message)
            }
            return Topic(name: topic.name, partitions: partitions)
        }
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        buffer.writeKafkaArray(self.topics) { buffer, topic in
            buffer.writeKafkaString(topic.name)
            buffer.writeKafkaArray(topic.partitions) { $1.write(to: &$0, version: version) }
        }
        if version >= 1 { buffer.writeThrottle() }  // last, in this answer only
    }
}

extension ProduceAnswer.Partition {
    fileprivate func write(to buffer: inout ByteBuffer, version: Int16) {
        buffer.writeInteger(self.partition)
        buffer.writeError(self.error)
        buffer.writeInteger(self.baseOffset)
        if version >= 2 { buffer.writeInteger(self.logAppendMilliseconds) }
        if version >= 5 { buffer.writeInteger(self.logStartOffset) }
        if version >= 8 {
            buffer.writeInteger(Int32(0))  // errors of single records: a batch is taken or refused whole
            buffer.writeKafkaString(self.message)
        }
    }
}
