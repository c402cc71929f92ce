import NIOCore

/// What became of one topic in CreateTopics and CreatePartitions.
package struct TopicOutcome: Equatable, Sendable {
    package var name: String
    package var error: KafkaError
    /// Why, in words.
    package var message: String?

    /// What became of a topic.
    package init(name: String, error: KafkaError, message: String? = nil) {
        self.name = name
        self.error = error
        self.message = message
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeKafkaString(self.name)
        buffer.writeError(self.error)
        buffer.writeKafkaString(self.message)
    }
}
