import EventLog
import NIOCore

/// What one turn of an event loop owes its connections when all of it is durable.
struct AcknowledgementBatch {
    /// Publishes of one connection that followed each other.
    struct Run {
        let connection: ConnectionHandler
        /// With and without packet identifier.
        var messages: Int
        var bytes: Int
        /// Where the run ends in ``AcknowledgementBatch/packetIDs``; it begins where the run before ends.
        var packetIDsEnd: Int
        /// The same in ``AcknowledgementBatch/answers``. A run has plain PUBACKs or other answers, never both, so that
        /// the answers keep the order of the publishes. [MQTT-4.6.0-2] [MQTT-4.6.0-3]
        var answersEnd: Int
    }

    /// The submits to the telemetry topic.
    var telemetry = AwaitedSubmits()
    /// To `_mqtt`.
    var journal = AwaitedSubmits()
    /// To the topic of dead letters.
    var deadLetters = AwaitedSubmits()
    /// A log did not take it: nothing is acknowledged.
    var isFailed = false
    /// Whether an acknowledgement waited for a disk.
    var isDurable = false
    /// When its first message was staged.
    var stagedAt = NIODeadline.distantFuture
    var runs: [Run] = []
    /// Identifiers of telemetry of QoS 1, in order.
    var packetIDs: [UInt16] = []
    var answers: [PackedAnswer] = []
    /// What the broker delivers with the acknowledgements.
    var turns: [BrokerTurn] = []

    var messages: Int { self.runs.reduce(0) { $0 + $1.messages } }
    /// Whether nobody waits for it: no publish, no delivery, and no record that came from neither, such as a Will.
    var isEmpty: Bool { self.stagedAt == .distantFuture && self.runs.isEmpty && self.turns.isEmpty }
    var isComplete: Bool { self.telemetry.isEmpty && self.journal.isEmpty && self.deadLetters.isEmpty }

    /// A notice of the log whose submits stand at `submits`; false when this batch waits for a later one.
    mutating func note(
        _ notice: CommitNotice,
        of submits: WritableKeyPath<AcknowledgementBatch, AwaitedSubmits>
    ) -> Bool {
        if self[keyPath: submits].note(notice) { self.isFailed = true }
        return self[keyPath: submits].isEmpty
    }

    /// Takes what the broker made of the turn's publishes: what waits for `_mqtt`, and answers that are no success.
    ///
    /// - Parameters:
    ///   - turn: with the rejected publishes in ascending order.
    ///   - first: where the answers of this turn begin.
    mutating func add(_ turn: BrokerTurn, answersFrom first: Int) {
        self.turns.append(turn)
        if turn.ticket > 0 {
            self.journal.add(turn.ticket)
            self.isDurable = true
        }
        var position = first
        for rejection in turn.rejections {
            while position < self.answers.count, self.answers[position].publishIndex < Int32(rejection.index) {
                position += 1
            }
            guard position < self.answers.count else { return }
            if self.answers[position].publishIndex == Int32(rejection.index) {
                self.answers[position].reason = rejection.reason
            }
        }
    }

    /// Empties the batch and keeps its memory, unless that grew beyond what a turn needs.
    mutating func reset() {
        self.telemetry = AwaitedSubmits()
        self.journal = AwaitedSubmits()
        self.deadLetters = AwaitedSubmits()
        self.isFailed = false
        self.isDurable = false
        self.stagedAt = .distantFuture
        self.runs.removeAll(keepingCapacity: self.runs.capacity <= 16_384)
        self.packetIDs.removeAll(keepingCapacity: self.packetIDs.capacity <= 262_144)
        self.answers.removeAll(keepingCapacity: self.answers.capacity <= 65_536)
        self.turns.removeAll()
    }
}
