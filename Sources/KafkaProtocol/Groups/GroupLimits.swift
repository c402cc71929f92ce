/// The bounds of a coordinator.
package struct GroupLimits: Equatable, Sendable {
    /// Groups at most; those of the Standard tier of Event Hubs.
    package var groupsMax = 20
    /// Members of a group at most, with those that were told an id and have not come back.
    package var membersPerGroupMax = 1_000
    /// Protocols a member may offer.
    package var protocolsPerMemberMax = 64
    /// Bytes of one member's offers together.
    package var memberMetadataBytesMax = 256 * 1_024
    /// Bytes of all members' offers of a group, so of the leader's answer; and of its assignments.
    package var groupMetadataBytesMax = 4 * 1_024 * 1_024
    /// Bytes of all groups' offers and assignments.
    package var metadataBytesMax = 32 * 1_024 * 1_024
    /// Bytes of the words a client adds to an offset. Source: Kafka's `offset.metadata.max.bytes`.
    package var offsetMetadataBytesMax = 4_096
    /// Bytes of all committed offsets with names and words.
    package var offsetBytesMax = 64 * 1_024 * 1_024
    /// Bytes of a group id, an instance id, a protocol type; a client's own name is cut to it.
    package var nameBytesMax = 256
    /// Session timeouts, milliseconds. Source: contracts/kafka.md §8.
    package var sessionTimeoutMilliseconds: ClosedRange<Int32> = 6_000...1_800_000
    /// How long the first join phase of an empty group waits for more members; 0 to 500 ms.
    package var initialDelay: Duration = .milliseconds(200)
    /// How long the offsets of an empty group are kept, from the last member's leaving.
    package var offsetsRetention: Duration = .seconds(7 * 86_400)
    /// How long an empty group without offsets is kept.
    package var emptyGroupKept: Duration = .seconds(60)
    /// How often offsets are looked at for their age.
    package var expiryCheck: Duration = .seconds(60)

    /// The limits as they are by default.
    package init() {}
}
