package import NIOCore

/// Which topics were made: durably, once this is sent. Source: contracts/kafka.md §3, §7.
package struct CreateTopicsAnswer: KafkaAnswer {
    package var topics: [TopicOutcome]

    /// An answer.
    package init(topics: [TopicOutcome]) {
        self.topics = topics
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        buffer.writeThrottle()
        buffer.writeKafkaArray(self.topics) { $1.write(to: &$0) }
    }
}
