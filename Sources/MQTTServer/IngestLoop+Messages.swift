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

    // MARK: Wills of the hub's form

    /// A Will becomes telemetry, unless its client comes back within the delay. [MQTT-3.1.3-9]
    func publish(_ will: HubWill, _ template: RecordTemplate, of key: SessionKey, after delay: Duration) {
        guard delay > .zero, !self.isDraining else { return self.publish(will, template) }
        let number = self.endpoint.hubWills.add(will, template, of: key)
        self.eventLoop.scheduleTask(in: TimeAmount(delay)) {
            guard !self.isDraining, let due = self.endpoint.hubWills.take(key, number: number) else { return }
            self.publish(due.will, due.template)
        }
    }

    private func publish(_ will: HubWill, _ template: RecordTemplate) {
        self.stage(template, value: will.value, properties: will.properties)
        self.scheduleTurn()
        self.endpoint.metrics.wills.increment()
    }

    /// The client came back: a Will that waits is not published, but is due when its session ended. [MQTT-3.1.3-9]
    func settleWill(of key: SessionKey, isResumed: Bool) {
        guard let waiting = self.endpoint.hubWills.take(key), !isResumed else { return }
        self.publish(waiting.will, waiting.template)
    }
}
