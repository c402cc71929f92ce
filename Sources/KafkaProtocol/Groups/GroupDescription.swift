package import NIOCore

/// A group as DescribeGroups and ListGroups show it.
package struct GroupDescription: Equatable, Sendable {
    /// A member.
    package struct Member: Equatable, Sendable {
        /// Its id.
        package var memberID: String
        /// Its `group.instance.id`.
        package var instanceID: String?
        /// What the client calls itself.
        package var clientID: String
        /// The peer's address.
        package var clientHost: String
        /// What it offered under the chosen protocol; empty while none is chosen.
        package var metadata: ByteBuffer
        /// Its partitions; empty unless the group is stable.
        package var assignment: ByteBuffer
    }

    /// The group's id.
    package var group: String
    /// `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable`, or `Dead` for one that is not there.
    package var state: String
    /// `consumer` for consumers; empty when it never had members.
    package var protocolType: String
    /// The chosen protocol; empty unless the group is stable.
    package var protocolName: String
    /// The members, in the order they came.
    package var members: [Member]
}
