import TelemetryModel

/// A message of `_mqtt` that somebody still needs: a session, the retained set, or a Will's delay.
///
/// Those who wait for it hold this object and not its offset, so the cleaner may move the record.
final class JournalRecord: @unchecked Sendable {  // because its variables are used only under the broker's lock
    /// Who waits for it. Most messages wait for one session.
    private enum Waiting {
        case none
        case one(BrokerSession)
        case many([BrokerSession])
    }

    let sequence: UInt64
    /// Where it stands; -1 until its turn is durable.
    var offset: Int64 = -1
    /// What it takes on the disk, about.
    var bytes = 0
    /// Whether it is the retained message of its topic, or the end of one that is not applied, or that a copy of what it
    /// ends stands behind.
    var isRetained = false
    /// Whether it is a Will that waits.
    var isWill = false
    let expiresAt: Timestamp?
    private var waiting = Waiting.none

    init(sequence: UInt64, expiresAt: Timestamp?) {
        self.sequence = sequence
        self.expiresAt = expiresAt
    }

    /// What a message takes on the disk, about: topic, payload, properties, and what stands around them.
    static func bytes(of message: BrokerMessage, _ recipients: Int) -> Int {
        message.journaledBytes + 80 + 12 * recipients
    }

    var isNeeded: Bool {
        if case .none = self.waiting { return self.isRetained || self.isWill }
        return true
    }

    func add(_ session: BrokerSession) {
        switch self.waiting {
        case .none: self.waiting = .one(session)
        case .one(let first): self.waiting = .many([first, session])
        case .many(var sessions):
            self.waiting = .none
            sessions.append(session)
            self.waiting = .many(sessions)
        }
    }

    /// Whether the session waited for it.
    func remove(_ session: BrokerSession) -> Bool {
        switch self.waiting {
        case .none:
            return false
        case .one(let only):
            guard only === session else { return false }
            self.waiting = .none
            return true
        case .many(var sessions):
            guard let position = sessions.firstIndex(where: { $0 === session }) else { return false }
            self.waiting = .none
            sessions.swapAt(position, sessions.count - 1)
            sessions.removeLast()
            self.waiting = sessions.isEmpty ? .none : .many(sessions)
            return true
        }
    }

    /// Numbers of the sessions that wait for it.
    var sessionNumbers: Set<Int64> {
        switch self.waiting {
        case .none: []
        case .one(let session): [session.number]
        case .many(let sessions): Set(sessions.map(\.number))
        }
    }
}
