package import NIOCore

/// What a JoinGroup is answered with.
package enum GroupJoinOutcome: Equatable, Sendable {
    /// A member as the leader is told of it.
    package struct Member: Equatable, Sendable {
        /// Its id.
        package var memberID: String
        /// Its `group.instance.id`.
        package var instanceID: String?
        /// What it offered under the chosen protocol.
        package var metadata: ByteBuffer
    }

    /// A place in a generation.
    package struct Place: Equatable, Sendable {
        /// The generation, from 1.
        package var generation: Int32
        /// The chosen protocol.
        package var protocolName: String
        /// The leader's member id.
        package var leaderID: String
        /// The member's own id.
        package var memberID: String
        /// All members for the leader, in the order they came; empty for the others.
        package var members: [Member]
    }

    /// The member is in.
    case joined(Place)
    /// It is not. The id goes into the answer: with ``KafkaError/memberIDRequired`` the one to come back with, else
    /// what the client sent. Generation -1, protocol and leader empty.
    case refused(KafkaError, memberID: String)
}
