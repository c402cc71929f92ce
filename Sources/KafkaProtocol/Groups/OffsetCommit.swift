/// OffsetCommit, as the coordinator takes and answers it.
package enum OffsetCommit {
    /// One partition of a request.
    package struct Item: Equatable, Sendable {
        /// Which partition. The caller has checked that it exists and may be read, else sets `error`.
        package var place: TopicPartition
        /// The next record to read.
        package var offset: Int64
        /// -1 for none.
        package var leaderEpoch: Int32
        /// Null on the wire is `""`.
        package var metadata: String
        /// What the caller found wrong with it, as an unknown topic; it is then not stored.
        package var error: KafkaError

        /// An item of these parts.
        package init(
            place: TopicPartition,
            offset: Int64,
            leaderEpoch: Int32,
            metadata: String,
            error: KafkaError = .noError
        ) {
            self.place = place
            self.offset = offset
            self.leaderEpoch = leaderEpoch
            self.metadata = metadata
            self.error = error
        }
    }

    /// A write the coordinator waits for; ``GroupCoordinator/finishWrite(_:isDurable:)`` ends it.
    package struct WriteID: Hashable, Sendable {
        /// Counts up.
        package var rawValue: UInt64
    }

    /// Records to append in one piece, before anything that a later call returns.
    package struct Write: Equatable, Sendable {
        /// Its number.
        package var id: WriteID
        /// What to append.
        package var records: [GroupRecord]
    }

    /// What a request is answered with.
    package struct Outcome: Equatable, Sendable {
        /// Of each item, in the order of the request. When the write fails the stored ones (`.noError`) become
        /// ``KafkaError/notCoordinator``.
        package var errors: [KafkaError]
        /// What must be durable before the answer; `nil`: answer now.
        package var write: Write?
    }
}
