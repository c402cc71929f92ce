package import NIOCore

/// A member's place in its group. Source: contracts/kafka.md §3, §8.
package struct JoinGroupAnswer: KafkaAnswer {
    /// What the leader learns of a member.
    package struct Member: Equatable, Sendable {
        package var memberID: String
        /// Version 5.
        package var instanceID: String?
        package var metadata: ByteBuffer

        /// What the leader learns of a member.
        package init(memberID: String, instanceID: String? = nil, metadata: ByteBuffer) {
            self.memberID = memberID
            self.instanceID = instanceID
            self.metadata = metadata
        }
    }

    package var error: KafkaError
    /// -1 with an error.
    package var generation: Int32
    /// The way of sharing chosen; empty with an error.
    package var protocolName: String
    /// The leader's member id; empty with an error.
    package var leader: String
    /// With error 79 the id to join with.
    package var memberID: String
    /// Filled for the leader only.
    package var members: [Member]

    /// A place; the defaults are those of an error.
    package init(
        error: KafkaError,
        generation: Int32 = -1,
        protocolName: String = "",
        leader: String = "",
        memberID: String,
        members: [Member] = []
    ) {
        self.error = error
        self.generation = generation
        self.protocolName = protocolName
        self.leader = leader
        self.memberID = memberID
        self.members = members
    }

    package func write(to buffer: inout ByteBuffer, version: Int16) {
        if version >= 2 { buffer.writeThrottle() }
        buffer.writeError(self.error)
        buffer.writeInteger(self.generation)
        buffer.writeKafkaString(self.protocolName)
        buffer.writeKafkaString(self.leader)
        buffer.writeKafkaString(self.memberID)
        buffer.writeKafkaArray(self.members) { buffer, member in
            buffer.writeKafkaString(member.memberID)
            if version >= 5 { buffer.writeKafkaString(member.instanceID) }
            buffer.writeKafkaBytes(member.metadata)
        }
    }
}
