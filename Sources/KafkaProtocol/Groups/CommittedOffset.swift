/// Where a group goes on in one partition.
package struct CommittedOffset: Equatable, Sendable {
    /// The next record to read, from 0.
    package var offset: Int64
    /// The leader's epoch the client saw; -1 for none.
    package var leaderEpoch: Int32
    /// The client's own words, at most ``GroupLimits/offsetMetadataBytesMax`` bytes.
    package var metadata: String
    /// When it was committed, milliseconds since 1970.
    package var stampMilliseconds: Int64

    /// A committed offset of these parts.
    package init(offset: Int64, leaderEpoch: Int32, metadata: String, stampMilliseconds: Int64) {
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata
        self.stampMilliseconds = stampMilliseconds
    }
}
