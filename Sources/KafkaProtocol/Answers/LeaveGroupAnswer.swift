package import NIOCore

/// Who left. Source: contracts/kafka.md §3, §8.
package struct LeaveGroupAnswer: KafkaAnswer {
    /// One who wanted to go.
    package struct Member: Equatable, Sendable {
        package var memberID: String
        package var instanceID: String?
        package var error: KafkaError

        /// One who wanted to go.
        package init(memberID: String, instanceID: String? = nil, error: KafkaError) {
            self.memberID = memberID
            self.instanceID = instanceID
            self.error = error
        }
    }

    /// An error of the whole request. Below version 3 the only member's error is told here when this is none.
    package var error: KafkaError
    /// Version 3.
    package var members: [Member]

    /// An answer.
    package init(error: KafkaError = .noError, members: [Member]) {
        self.error = error
        self.members = members
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        if version >= 1 { buffer.writeThrottle() }
        guard version >= 3 else {
            buffer.writeError(self.error == .noError ? self.members.first?.error ?? .noError : self.error)
            return
        }
        buffer.writeError(self.error)
        buffer.writeKafkaArray(self.members) { buffer, member in
            buffer.writeKafkaString(member.memberID)
            buffer.writeKafkaString(member.instanceID)
            buffer.writeError(member.error)
        }
    }
}
