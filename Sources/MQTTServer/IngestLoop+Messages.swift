import CoreMetrics
import EventLog
import MQTTCodec
import NIOCore
import TelemetryModel

extension IngestLoop {
    /// Templates of ingested devices that are kept.
    private static let templatesMax = 4_096

    /// Gives a publish to the broker's turn; returns its number in it.
    func publish(_ publish: PublishPacket, on route: TopicRoute, from attachment: Attachment) -> Int32 {
        let message = InboundMessage(
            topic: route.topic,
            payload: publish.payload,
            qos: publish.qos,
            retain: publish.retain,
            properties: publish.properties,
            packetID: publish.qos == .exactlyOnce ? publish.packetID : 0
        )
        return self.gather(message, on: route, from: attachment)
    }

    /// Encodes telemetry that a message of an ordinary topic became.
    func stage(_ record: IngestedRecord) {
        var headers = EncodedHeaders()
        for header in record.headers { headers.append(name: header.name.utf8, value: header.value.utf8) }
        self.stage(self.template(of: record.device), value: record.value, properties: headers)
    }

    private func template(of device: IdentityID) -> RecordTemplate {
        if let template = self.ingestTemplates[device] { return template }
        let partition = self.endpoint.topic.partition(forKey: device.description.utf8)
        let template = RecordTemplate(device: device, partition: partition)
        if self.ingestTemplates.count >= IngestLoop.templatesMax { self.ingestTemplates.removeAll() }
        self.ingestTemplates[device] = template
        return template
    }

    /// The message as telemetry of the devices that its rule finds in it, and a dead letter for what it cannot read.
    func ingest(_ payload: ByteBuffer, isRetained: Bool, by rule: any IngestRule) {
        let result = rule.ingest(payload: payload, isRetained: isRetained)
        if !result.records.isEmpty { self.endpoint.metrics.ingested.increment(by: result.records.count) }
        for record in result.records { self.stage(record) }
        if let letter = result.deadLetter {
            self.endpoint.metrics.dead.increment()
            self.stage(letter)
        }
    }

    /// A Will that is telemetry of its client. Contract iothub-mqtt section 4.
    func ingest(_ will: BrokerMessage, of identity: IdentityID, bagOffset: Int) {
        // It could be read at CONNECT.
        guard
            let topic = try? TelemetryTopic(
                topic: will.topic,
                bagOffset: bagOffset,
                retain: will.retain,
                isWill: true
            )
        else { return }
        self.stage(
            self.template(of: identity),
            value: will.payload,
            properties: will.properties.map { topic.properties(with: $0) } ?? topic.properties
        )
        self.endpoint.metrics.wills.increment()
    }
}
