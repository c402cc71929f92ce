package import NIOCore

/// Whether the mechanism is one of ours, and which those are. Source: contracts/kafka.md §3, §9.
package struct SaslHandshakeAnswer: KafkaAnswer {
    package var error: KafkaError
    /// Told with and without error.
    package var mechanisms: [String]

    /// An answer.
    package init(error: KafkaError, mechanisms: [String]) {
        self.error = error
        self.mechanisms = mechanisms
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        buffer.writeError(self.error)
        buffer.writeKafkaArray(self.mechanisms) { $0.writeKafkaString($1) }
    }
}
