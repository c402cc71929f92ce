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

    /// The telemetry topic's name for the submit; 0 when nothing is waited for any more.
    var ticket: UInt64 = 0
    /// The same of `_mqtt`.
    var journalTicket: UInt64 = 0
    /// The same of the topic of dead letters.
    var deadLetterTicket: UInt64 = 0
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
    var isComplete: Bool { self.ticket == 0 && self.journalTicket == 0 && self.deadLetterTicket == 0 }

    /// A notice of the log whose ticket stands at `ticket`; false when this batch, and so all behind it, waits for a
    /// later one.
    mutating func note(_ notice: CommitNotice, of ticket: WritableKeyPath<AcknowledgementBatch, UInt64>) -> Bool {
        let own = self[keyPath: ticket]
        guard own <= notice.ticket else { return false }
        guard own > 0 else { return true }
        self[keyPath: ticket] = 0
        if case .failed = notice.outcome { self.isFailed = true }
        return true
    }

    /// Takes what the broker made of the turn's publishes: what waits for `_mqtt`, and answers that are no success.
    ///
    /// - Parameters:
    ///   - turn: with the rejected publishes in ascending order.
    ///   - first: where the answers of this turn begin.
    mutating func add(_ turn: BrokerTurn, answersFrom first: Int) {
        self.turns.append(turn)
        if turn.ticket > 0 {
            self.journalTicket = turn.ticket
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
        self.ticket = 0
        self.journalTicket = 0
        self.deadLetterTicket = 0
        self.isFailed = false
        self.isDurable = false
        self.stagedAt = .distantFuture
        self.runs.removeAll(keepingCapacity: self.runs.capacity <= 16_384)
        self.packetIDs.removeAll(keepingCapacity: self.packetIDs.capacity <= 262_144)
        self.answers.removeAll(keepingCapacity: self.answers.capacity <= 65_536)
        self.turns.removeAll()
    }
}
