/// JoinGroup, as the coordinator takes it. Source: contracts/kafka.md §8.
package struct GroupJoin: Equatable, Sendable {
    /// The group.
    package var group: String
    /// The id it has; empty for none yet.
    package var memberID: String
    /// `group.instance.id` of a static member.
    package var instanceID: String?
    /// The id a new member gets: ``GroupMemberID/make(clientID:using:)``.
    package var freshMemberID: String
    /// Whether a new dynamic member must come back with its id (JoinGroup v4 and later), or is taken at once.
    package var isMemberIDRequired: Bool
    /// For display.
    package var clientID: String
    /// For display: the peer's address.
    package var clientHost: String
    /// Silence after which it is dropped, milliseconds.
    package var sessionTimeoutMilliseconds: Int32
    /// How long a join phase waits for it, milliseconds.
    package var rebalanceTimeoutMilliseconds: Int32
    /// `consumer` for consumers.
    package var protocolType: String
    /// What it offers, the best first.
    package var protocols: [GroupProtocolOffer]

    /// A JoinGroup of these parts.
    package init(
        group: String,
        memberID: String,
        instanceID: String?,
        freshMemberID: String,
        isMemberIDRequired: Bool,
        clientID: String,
        clientHost: String,
        sessionTimeoutMilliseconds: Int32,
        rebalanceTimeoutMilliseconds: Int32,
        protocolType: String,
        protocols: [GroupProtocolOffer]
    ) {
        self.group = group
        self.memberID = memberID
        self.instanceID = instanceID
        self.freshMemberID = freshMemberID
        self.isMemberIDRequired = isMemberIDRequired
        self.clientID = clientID
        self.clientHost = clientHost
        self.sessionTimeoutMilliseconds = sessionTimeoutMilliseconds
        self.rebalanceTimeoutMilliseconds = rebalanceTimeoutMilliseconds
        self.protocolType = protocolType
        self.protocols = protocols
    }
}
