package import NIOCore

/// Which topics are gone. Source: contracts/kafka.md §3.
package struct DeleteTopicsAnswer: KafkaAnswer {
    /// What became of one topic.
    package struct Topic: Equatable, Sendable {
        package var name: String
        package var error: KafkaError

        /// What became of one topic.
        package init(name: String, error: KafkaError) {
            self.name = name
            self.error = error
        }
    }

    package var topics: [Topic]

    /// An answer.
    package init(topics: [Topic]) {
        self.topics = topics
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        buffer.writeThrottle()
        buffer.writeKafkaArray(self.topics) { buffer, topic in
            buffer.writeKafkaString(topic.name)
            buffer.writeError(topic.error)
        }
    }
}
