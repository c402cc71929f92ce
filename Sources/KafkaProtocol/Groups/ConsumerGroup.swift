/// One consumer group: its members, their generation, who shares the partitions out.
///
/// ```
///            first member                all joined, or deadline            leader's SyncGroup
///   Empty ───────────────► Preparing ──────────────────────► Completing ──────────────────────► Stable
///     ▲                     │   ▲ ▲                              │                                │
///     └── nobody is left ───┘   │ └── a member came, left, ──────┘                                │
///                               │     changed or was too late                                     │
///                               └─────────────────────────────────────────────────────────────────┘
/// ```
/// Invariants:
/// - `Empty` exactly while there are no members.
/// - All members share a protocol, so that one can be chosen.
/// - A pending JoinGroup exists in `Preparing` only, a pending SyncGroup in `Completing` only.
/// - Each JoinGroup and SyncGroup is answered once, at the latest when the phase's deadline is ticked.
/// - ``wake`` is never later than the first moment at which ``tick(at:)`` has something to do.
///
/// Pure: the caller carries out the returned actions and calls ``tick(at:)`` at ``wake``. `now` is monotonic.
/// `Dead` is a group that its ``GroupCoordinator`` has dropped. Source: contracts/kafka.md §8; the names are Kafka's.
package struct ConsumerGroup: Sendable {
    /// The state, with what ends it.
    package enum Phase: Equatable, Sendable {
        case empty
        /// Members join until all have, but not before `earliest`, and not after `deadline`.
        case preparingRebalance(earliest: Duration, deadline: Duration)
        /// The leader computes; who has not sent SyncGroup at the deadline is dropped.
        case completingRebalance(deadline: Duration)
        /// All have work. Who has not fetched its assignment at the deadline is dropped.
        case stable(syncDeadline: Duration?)
    }

    /// Its id.
    package let id: String
    /// The state.
    package internal(set) var phase = Phase.empty
    /// Counts the completed join phases; 0 before the first.
    package internal(set) var generation: Int32
    /// `consumer` for consumers; empty when it never had members.
    package internal(set) var protocolType: String
    /// The protocol of the generation; empty for none.
    package internal(set) var protocolName = ""
    /// The member that shares out, once chosen.
    package internal(set) var leaderID: String?
    /// When to call ``tick(at:)`` at the latest; `nil` when nothing is awaited.
    package internal(set) var wake: Duration?
    /// Bytes of the members' offers and assignments.
    package internal(set) var bytes = 0
    let membersMax: Int
    let initialDelay: Duration
    var members: [String: GroupMember] = [:]
    /// The ids of static members by their instance ids.
    var instances: [String: String] = [:]
    /// Ids that were given out with MEMBER_ID_REQUIRED, and when they are forgotten.
    var announcedIDs: [String: Duration] = [:]
    /// How many members offer each protocol.
    var offerCounts: [String: Int] = [:]
    var orderNext: UInt64 = 0
    var actions: [GroupAction] = []

    /// An empty group.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - generation: the last one it had before a restart; 0 for a new group.
    ///   - protocolType: as it had before a restart; empty for a new group.
    ///   - limits: of its coordinator.
    package init(id: String, generation: Int32 = 0, protocolType: String = "", limits: GroupLimits) {
        self.id = id
        self.generation = generation
        self.protocolType = protocolType
        self.membersMax = limits.membersPerGroupMax
        self.initialDelay = limits.initialDelay
    }

    /// Members, without those that only were told an id.
    package var memberCount: Int { self.members.count }

    /// Whether there are neither members nor ids given out.
    package var isAbandoned: Bool { self.members.isEmpty && self.announcedIDs.isEmpty }

    /// The members in the order they came.
    var membersInOrder: [GroupMember] {
        self.members.values.sorted { $0.order < $1.order }
    }

    mutating func takeActions() -> [GroupAction] {
        exchange(&self.actions, with: [])
    }

    mutating func noteWake(_ time: Duration) {
        self.wake = self.wake.map { min($0, time) } ?? time
    }

    /// Whether a request under these names comes from a member: none, unknown, or fenced by a newer instance.
    func check(memberID: String, instanceID: String?) -> KafkaError {
        if let instanceID {
            guard let current = self.instances[instanceID] else { return .unknownMemberID }
            guard current == memberID else { return .fencedInstanceID }
        }
        return self.members[memberID] == nil ? .unknownMemberID : .noError
    }

    /// As ``check(memberID:instanceID:)``, and of this generation.
    func check(_ identity: GroupIdentity) -> KafkaError {
        let error = self.check(memberID: identity.memberID, instanceID: identity.instanceID)
        guard error == .noError else { return error }
        return identity.generation == self.generation ? .noError : .illegalGeneration
    }
}
