package import NIOCore

/// The mechanism's next message, or that it failed. Source: contracts/kafka.md §3, §9.
package struct SaslAuthenticateAnswer: KafkaAnswer {
    package var error: KafkaError
    /// Never says which part was wrong.
    package var message: String?
    /// The mechanism's own bytes; empty when it has none.
    package var token: ByteBuffer
    /// 0: for as long as the connection. Version 1.
    package var sessionLifetimeMilliseconds: Int64

    /// An answer.
    package init(
        error: KafkaError,
        message: String? = nil,
        token: ByteBuffer = ByteBuffer(),
        sessionLifetimeMilliseconds: Int64 = 0
    ) {
        self.error = error
        self.message = message
        self.token = token
        self.sessionLifetimeMilliseconds = sessionLifetimeMilliseconds
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        buffer.writeError(self.error)
        buffer.writeKafkaString(self.message)
        buffer.writeKafkaBytes(self.token)
        if version >= 1 { buffer.writeInteger(self.sessionLifetimeMilliseconds) }
    }
}
