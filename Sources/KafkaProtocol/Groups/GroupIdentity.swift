/// How a member names itself in Heartbeat, SyncGroup and OffsetCommit.
package struct GroupIdentity: Equatable, Sendable {
    /// The group.
    package var group: String
    /// The generation it believes to be in; -1 for none.
    package var generation: Int32
    /// Its id; empty for none.
    package var memberID: String
    /// `group.instance.id` of a static member.
    package var instanceID: String?

    /// A member's name.
    package init(group: String, generation: Int32, memberID: String, instanceID: String? = nil) {
        self.group = group
        self.generation = generation
        self.memberID = memberID
        self.instanceID = instanceID
    }
}
