package import TelemetryModel

/// What became of one producer's batch.
package enum ProduceOutcome: Equatable, Sendable {
    /// Synced; its records have the offsets from `baseOffset` on. `appendTime` is the time that all of them show, `nil`
    /// when they keep their own.
    case stored(baseOffset: Int64, appendTime: Timestamp?)
    /// It was stored before, from `baseOffset` on, and is synced; nothing was appended.
    case duplicate(baseOffset: Int64)
    /// Nothing of it may be acknowledged.
    case refused(ProduceRefusal)
}

/// Why a topic did not store a producer's batch.
package enum ProduceRefusal: Equatable, Sendable {
    /// The topic has no such partition.
    case unknownPartition
    /// Batches of the same producer before this one are missing.
    case outOfOrderSequence
    /// A newer producer has taken over the id.
    case invalidProducerEpoch
    /// A record's own time is more than 24 hours ahead, in a topic that keeps it.
    case timestampTooFarAhead
    /// A write or sync failed: nobody knows what is on the disk, and nothing is taken until the topic is reopened.
    case fenced(reason: String)
    /// The disk is nearly full; it goes on by itself when `neededBytes` are free.
    case diskNearlyFull(freeBytes: UInt64, neededBytes: UInt64)
    /// The log is closing, or the topic was deleted.
    case closed
}
