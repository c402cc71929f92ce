package import NIOCore

/// A member's share. Source: contracts/kafka.md §3, §8.
package struct SyncGroupAnswer: KafkaAnswer {
    package var error: KafkaError
    /// As the leader wrote it; empty with an error.
    package var assignment: ByteBuffer

    /// An answer.
    package init(error: KafkaError, assignment: ByteBuffer = ByteBuffer()) {
        self.error = error
        self.assignment = assignment
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        if version >= 1 { buffer.writeThrottle() }
        buffer.writeError(self.error)
        buffer.writeKafkaBytes(self.assignment)
    }
}
