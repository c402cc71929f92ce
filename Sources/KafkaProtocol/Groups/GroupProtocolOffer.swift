package import NIOCore

/// One way to share partitions that a member offers, as `range` or `cooperative-sticky`.
package struct GroupProtocolOffer: Equatable, Sendable {
    /// Its name.
    package var name: String
    /// What the leader needs of this member, opaque here. Kept: give a copy, since a slice keeps its frame alive.
    package var metadata: ByteBuffer

    /// An offer.
    package init(name: String, metadata: ByteBuffer) {
        self.name = name
        self.metadata = metadata
    }
}
