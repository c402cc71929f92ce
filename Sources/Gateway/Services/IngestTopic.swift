import IngestRules
import MQTTServer
import NIOCore
import TelemetryModel

/// One topic of one connection with its rule.
final class IngestTopic: IngestRule {
    private let binding: IngestBinding
    private let topic: String
    /// Who publishes; `nil` = the gateway.
    private let principal: Principal?
    private let service: IngestService
    private let counters: IngestMetrics.Rule?

    init(binding: IngestBinding, topic: String, principal: Principal?, service: IngestService) {
        self.binding = binding
        self.topic = topic
        self.principal = principal
        self.service = service
        self.counters = service.metrics.rules[binding.rule.name]
    }

    var isBrokered: Bool { self.binding.isBrokered }

    func ingest(payload: ByteBuffer, isRetained: Bool) -> IngestResult {
        let outcome = self.service.decode(payload, isRetained: isRetained, by: self.binding)
        self.counters?.count(outcome)
        if let request = outcome.rebirth { self.service.publish(request) }
        return IngestResult(
            records: outcome.records.map { record in
                IngestedRecord(
                    device: record.device,
                    value: ByteBuffer(bytes: record.value),
                    headers: record.properties.map { IngestedRecord.Header(name: $0.name, value: $0.value) }
                )
            },
            deadLetter: outcome.deadLetter.map { self.deadLetter(payload, reason: $0) }
        )
    }

    /// The record for topic `dead-letter`: the payload as it came, with the publisher as key.
    private func deadLetter(_ payload: ByteBuffer, reason: String) -> DeadLetter {
        let publisher = self.principal?.description ?? IngestTopic.gatewayName
        return DeadLetter(
            key: Array(publisher.utf8),
            value: payload,
            headers: [
                .init(name: "reason", value: reason), .init(name: IngestProperty.topicName, value: self.topic),
                .init(name: "publisher", value: publisher),
                .init(name: IngestProperty.ruleName, value: self.binding.rule.name),
            ]
        )
    }

    /// The publisher of what the gateway publishes itself.
    private static let gatewayName = "gateway"
}
