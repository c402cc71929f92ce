import NIOCore

/// What one submit to the log owes its connections when it is durable.
struct AcknowledgementBatch {
    /// Publishes of one connection that followed each other.
    struct Run {
        let connection: ConnectionHandler
        /// With and without packet identifier.
        var messages: Int
        var bytes: Int
        /// Where the run ends in ``AcknowledgementBatch/packetIDs``; it begins where the run before ends.
        var packetIDsEnd: Int
    }

    /// The log's name for the submit.
    var ticket: UInt64 = 0
    /// When its first message was staged.
    var stagedAt = NIODeadline.distantFuture
    var runs: [Run] = []
    /// Identifiers of the QoS 1 publishes, in order.
    var packetIDs: [UInt16] = []

    var messages: Int { self.runs.reduce(0) { $0 + $1.messages } }

    /// Empties the batch and keeps its memory, unless that grew beyond what a turn needs.
    mutating func reset() {
        self.ticket = 0
        self.stagedAt = .distantFuture
        self.runs.removeAll(keepingCapacity: self.runs.capacity <= 16_384)
        self.packetIDs.removeAll(keepingCapacity: self.packetIDs.capacity <= 262_144)
    }
}
