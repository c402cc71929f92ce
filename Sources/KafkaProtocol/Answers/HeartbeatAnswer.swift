package import NIOCore

/// Whether a member may go on. Source: contracts/kafka.md §3, §8.
package struct HeartbeatAnswer: KafkaAnswer {
    package var error: KafkaError

    /// An answer.
    package init(error: KafkaError) {
        self.error = error
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        if version >= 1 { buffer.writeThrottle() }
        buffer.writeError(self.error)
    }
}
