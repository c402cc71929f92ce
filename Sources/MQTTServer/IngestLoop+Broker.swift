import CoreMetrics
import EventLog
import HubProtocol
import NIOCore
import TelemetryModel

extension IngestLoop: BrokerLoopOwner {
    func brokerNeedsTurn() {
        self.hasBrokerWork = true
        self.scheduleTurn()
    }

    func ingest(_ message: BrokerMessage, from principal: Principal?) -> Bool {
        if let sender = HubTopics.sender(ofTelemetry: message.topic.readableBytesView) {
            self.ingest(message, of: sender.identity, bagOffset: sender.bagOffset)
            self.scheduleTurn()
            return false
        }
        let rule = self.endpoint.ingesting?.rule(for: String(buffer: message.topic), from: principal)
        guard let rule else { return true }
        self.ingest(message.payload, isRetained: message.retain, by: rule)
        self.scheduleTurn()
        return rule.isBrokered
    }

    func sessionQueueFull(_ key: SessionKey) {
        self.endpoint.observer.sessionQueueFull(principal: key.principal, clientID: key.clientID)
    }

    func journalCommitted(_ notice: CommitNotice) {
        self.note(notice, of: \.journal)
        // A turn that was held back waits to be submitted.
        if self.broker.isHeldBack { self.hasBrokerWork = true }
        self.goOn()
    }
}
