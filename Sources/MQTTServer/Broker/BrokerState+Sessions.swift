import MQTTProtocol
import TelemetryModel

extension BrokerState {
    /// The place of a key, made when there is room for one more; `nil` when there is none.
    func slot(of key: SessionKey) -> SessionSlot? {
        if let slot = self.slots[key] { return slot }
        guard self.slots.count < self.configuration.sessionsMax,
            self.uses[key.principal]?.sessions ?? 0 < self.configuration.sessionsPerPrincipalMax
        else { return nil }
        return self.addSlot(key)
    }

    /// Whether the session can still be resumed.
    func isAlive(_ session: BrokerSession, at now: Timestamp) -> Bool {
        guard let endsAt = session.endsAt else { return true }
        return now < endsAt
    }

    /// A session that is with no connection ends with all it has. [MQTT-3.1.2-4] [MQTT-3.1.2-23]
    ///
    /// - Returns: a Will that waited, and is due now. [MQTT-3.1.3-9]
    func end(_ session: BrokerSession) -> JournaledWill? {
        session.isEnded = true
        let brokered = session.subscriptions.filter { !$0.isHubFilter }
        self.tree.removeAll(of: session, with: brokered)
        for message in session.flow?.messages ?? [] {
            if let record = message.record { self.settle(record, session) }
        }
        session.flow = nil
        session.inbound = nil
        if session.isPersistent {
            self.sessions[session.number] = nil
            self.disconnects[session.number] = nil
        }
        guard let will = session.will else { return nil }
        session.will = nil
        return self.finish(will) ? will : nil
    }

    /// A Will waits no more; whether it still did.
    func finish(_ will: JournaledWill) -> Bool {
        guard !will.isOver else { return false }
        will.isOver = true
        will.record.isWill = false
        self.release(will.record)
        return true
    }

    /// A Will begins to wait for the end of its connection; the caller journals it.
    func arm(_ message: BrokerMessage, of session: BrokerSession, delaySeconds: UInt32) -> JournaledWill {
        self.keep(message, of: session, .afterConnection(delaySeconds: delaySeconds))
    }

    /// A Will begins to wait for its delay; the caller journals it.
    func delay(_ message: BrokerMessage, of session: BrokerSession, until due: Timestamp) -> JournaledWill {
        let will = self.keep(message, of: session, .due(due))
        session.will = will
        self.dues.add(.will(will), at: due)
        return will
    }

    private func keep(_ message: BrokerMessage, of session: BrokerSession, _ time: WillTime) -> JournaledWill {
        let record = JournalRecord(sequence: self.takeSequence(), expiresAt: nil)
        record.isWill = true
        record.bytes = JournalRecord.bytes(of: message, 0)
        self.add(record)
        return JournaledWill(
            message: message,
            time: time,
            session: session.number,
            principal: session.key.principal,
            record: record
        )
    }

    /// A session is without a connection from now on.
    func leave(_ session: BrokerSession, at now: Timestamp) {
        session.disconnectedAt = now
        guard session.expirySeconds != .max else { return }
        self.disconnects[session.number] = .some(now)
        self.scheduleEnd(of: session)
    }

    /// Sees to it that the session is looked at when its life is over.
    func scheduleEnd(of session: BrokerSession) {
        guard let endsAt = session.endsAt else { return }
        if let dueAt = session.dueAt, dueAt <= endsAt { return }
        session.dueAt = endsAt
        self.dues.add(.session(session), at: endsAt)
    }

    /// What has come to its time: sessions that end, Wills to publish. Retained messages end here.
    func takeDue(at now: Timestamp) -> (endedNumbers: [Int64], wills: [JournaledWill]) {
        var numbers: [Int64] = []
        var wills: [JournaledWill] = []
        while let item = self.dues.next(at: now) {
            switch item {
            case .retained(let topic, let sequence):
                self.expireRetained(topic: topic, sequence: sequence)
            case .will(let will):
                if let session = self.sessions[will.session], session.will === will { session.will = nil }
                if self.finish(will) { wills.append(will) }
            case .session(let session):
                session.dueAt = nil
                guard !session.isEnded, let slot = self.slots[session.key], slot.session === session, !slot.isTaken
                else { continue }
                guard !self.isAlive(session, at: now) else {
                    self.scheduleEnd(of: session)
                    continue
                }
                if let will = self.end(session) { wills.append(will) }
                self.removeSlot(session.key)
                numbers.append(session.number)
            }
        }
        return (numbers, wills)
    }
}

extension Subscription {
    /// Whether the filter is one of the hub's own, which are never brokered: it is kept with the session and never
    /// enters the tree.
    var isHubFilter: Bool {
        self.shareName == nil
            && ["devices/", "$iothub/", "$dps/"].contains { self.filter.utf8.starts(with: $0.utf8) }
    }
}
