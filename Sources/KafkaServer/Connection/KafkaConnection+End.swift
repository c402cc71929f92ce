import CoreMetrics
import KafkaProtocol
import NIOCore

extension KafkaConnection {
    /// Closes what is overdue; once a second.
    func tick(at now: NIODeadline) {
        let configuration = self.endpoint.configuration
        if self.access == nil, now - self.acceptedAt > TimeAmount(configuration.authenticationTimeout) {
            return self.close(.authenticationTimeout)
        }
        if let since = self.unreadSince, now - since > TimeAmount(configuration.unreadTimeout) {
            return self.close(.slowConsumer)
        }
        if !self.canProcess || self.order.count > 0 {
            // It is the server that does not read, or has work for this client.
            if self.frameSince != nil, !self.canProcess { self.frameSince = now }
            self.lastRequestAt = now
        }
        if let since = self.frameSince, now - since > TimeAmount(configuration.requestTimeout) {
            return self.close(.requestTimeout)
        }
        if now - self.lastRequestAt > TimeAmount(configuration.idleTimeout) { self.close(.idle) }
    }

    /// Takes no further requests and closes when those in work are answered; who waits for records is answered now.
    func drain() {
        self.isDraining = true
        self.answerWaitingFetch()
        let waitsForGroup = self.groupRequest != nil
        if self.order.count == 0 || waitsForGroup || self.access == nil { self.close(.serverShutdown) }
    }

    /// Ends the connection; the first reason counts.
    func close(_ reason: KafkaCloseReason) {
        guard self.closeReason == nil else { return }
        self.flush()
        self.closeReason = reason
        let budget = self.endpoint.requestBytes
        if let turn = exchange(&self.budgetTurn, with: nil), !budget.giveUp(turn.turn) {
            // It was granted, and the word of it will find nobody.
            budget.give(back: turn.bytes)
        }
        budget.give(back: exchange(&self.frameBudgetBytes, with: 0))
        if let held = exchange(&self.held, with: nil) { budget.give(back: held.budgetBytes) }
        for bytes in exchange(&self.workBudgetBytes, with: [:]).values { budget.give(back: bytes) }
        self.produces = [:]
        self.endFetch()
        if let request = exchange(&self.groupRequest, with: nil) { self.endpoint.groups.abandon(request) }
        self.decoder = KafkaFrameDecoder(frameBytesMax: 0)
        self.endpoint.metrics.closed(reason)
        self.context?.close(promise: nil)
    }
}
