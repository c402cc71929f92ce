package import NIOCore

/// SyncGroup, as the coordinator takes it.
package struct GroupSync: Equatable, Sendable {
    /// What the leader gives a member.
    package struct Assignment: Equatable, Sendable {
        /// The member.
        package var memberID: String
        /// Its partitions, opaque here. Kept: give a copy, since a slice keeps its frame alive.
        package var bytes: ByteBuffer

        /// An assignment.
        package init(memberID: String, bytes: ByteBuffer) {
            self.memberID = memberID
            self.bytes = bytes
        }
    }

    /// Who asks.
    package var identity: GroupIdentity
    /// From the leader: what each member gets. From others: nothing, and not looked at.
    package var assignments: [Assignment]

    /// A SyncGroup of these parts.
    package init(identity: GroupIdentity, assignments: [Assignment]) {
        self.identity = identity
        self.assignments = assignments
    }
}
