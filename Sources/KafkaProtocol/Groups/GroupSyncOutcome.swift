package import NIOCore

/// What a SyncGroup is answered with.
package enum GroupSyncOutcome: Equatable, Sendable {
    /// The member's partitions, as its leader wrote them; empty when the leader gave it none.
    case assigned(ByteBuffer)
    /// No assignment; the bytes in the answer are empty.
    case refused(KafkaError)
}
