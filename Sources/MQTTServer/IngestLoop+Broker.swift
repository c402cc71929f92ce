import CoreMetrics
import EventLog
import HubProtocol
import MQTTCodec
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

    /// Gives messages of the gateway's own to the broker's turn.
    func publish(_ messages: [GatewayMessage], _ publish: OwnPublish) {
        // Nothing is kept for a log that takes nothing: who published them comes again.
        guard !self.isDraining, self.broker.broker.unavailability == nil else { return publish.finish(isDone: false) }
        for message in messages {
            let routed = BrokerMessage(
                topic: ByteBuffer(string: message.topic),
                payload: message.payload,
                qos: .atMostOnce,
                retain: message.isRetained
            )
            self.broker.gather(
                PendingPublish(
                    kind: .routed(self.broker.route(for: routed.topic)),
                    message: routed,
                    publisher: nil,
                    packetID: 0,
                    index: nil
                )
            )
        }
        guard messages.contains(where: \.isRetained) else {
            self.brokerNeedsTurn()
            return publish.finish(isDone: true)
        }
        self.broker.follow(with: .published(publish))
    }
}
