import DequeModule
import MQTTProtocol

/// What becomes of a turn that was given out.
extension BrokerLoop {
    /// Everything the turn waits for is durable, and all turns before it are complete: delivers.
    func complete(_ turn: BrokerTurn) {
        if let place = self.unfinished.firstIndex(where: { $0 === turn }) { self.unfinished.remove(at: place) }
        self.deliver(turn)
        self.finishFailed()
    }

    /// A log took nothing of what the turn waits for, or of what its publishes became beside it: none of them is answered.
    ///
    /// What `_mqtt` has of it is delivered all the same, when that is known and the turns before are over: a restart
    /// would do it, and memory must not say another thing.
    func fail(_ turn: BrokerTurn) {
        guard turn.ticket > 0 else { return self.forget(turn) }
        turn.isFailed = true
        self.finishFailed()
    }

    /// Ends the first turns that failed, as far as the outcome of their records is known.
    func finishFailed() {
        while let first = self.unfinished.first, first.isFailed, let isJournaled = first.isJournaled {
            self.unfinished.removeFirst()
            guard isJournaled else {
                self.forget(first)
                continue
            }
            // Sent again they are known, and only what they became beside it is made again, as after a crash.
            for (attachment, packetID) in first.origins { attachment.inbound.recover(packetID) }
            self.deliver(first)
        }
    }

    private func deliver(_ turn: BrokerTurn) {
        var outdated: [BrokerState.Outdated] = []
        var endings: [(sequence: UInt64, by: JournalRecord?)] = []
        self.broker.wakeLoops(except: self.slot) { state in
            for message in turn.messages { state.deliver(message) }
            outdated = exchange(&state.outdated, with: [])
            endings = exchange(&state.endings, with: [])
        }
        for (sequence, record) in endings {
            self.journal(.ended(sequence: sequence), then: record.map { .ended(by: $0) }, isIrrevocable: true)
        }
        for copy in outdated { self.settle(sequence: copy.sequence, of: copy.session, packetID: copy.packetID) }
        self.release(turn)
        self.drainInbox()
    }

    /// Nothing of it stands in a log.
    private func forget(_ turn: BrokerTurn) {
        self.broker.withState { state in
            for message in turn.messages { state.forget(message) }
            for (attachment, packetID) in turn.origins { attachment.session.held[packetID] = nil }
        }
        // Nothing was acknowledged: what the client sends again is new.
        for (attachment, packetID) in turn.origins { _ = attachment.inbound.release(packetID) }
        self.release(turn)
    }

    private func release(_ turn: BrokerTurn) {
        for origin in turn.origins { origin.attachment.commit() }
    }
}
