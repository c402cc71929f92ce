import EventLog
import HubProtocol
import Logging
import MQTTCodec
import NIOCore

extension ConnectionHandler {
    /// PUBLISH: telemetry is staged, everything else closes without PUBACK. Contract iothub-mqtt section 4.
    func receive(_ publish: PublishPacket) {
        guard publish.qos != .exactlyOnce else { return self.close(.qosNotSupported) }
        guard let session, let topic = self.topic(of: publish, session) else { return }
        let payloadBytes = publish.payload.readableBytes
        guard payloadBytes + topic.countedBytes <= self.endpoint.configuration.messageSizeMax else {
            return self.close(.messageTooLarge)
        }
        self.loop.stage(session.template, value: publish.payload, properties: topic.properties)
        if publish.qos == .atLeastOnce {
            self.loop.stagePacketID(publish.packetID)
            self.loop.tally.receivedQoS1 += 1
        } else {
            self.loop.tally.receivedQoS0 += 1
        }
        self.noteStaged(bytes: publish.topic.readableBytes + payloadBytes)
    }

    /// The topic with its properties, read only when it is not the one before; `nil` when it closed the connection.
    private func topic(of publish: PublishPacket, _ session: Session) -> TelemetryTopic? {
        if let last = session.lastTopic, last.topic == publish.topic, last.retain == publish.retain { return last }
        switch publish.topic.withUnsafeReadableBytes({ session.topics.publishTarget(of: $0) }) {
        case .telemetry(let bagOffset):
            do throws(HubSyntaxError) {
                let topic = try TelemetryTopic(topic: publish.topic, bagOffset: bagOffset, retain: publish.retain)
                session.lastTopic = topic
                return topic
            } catch {
                self.endpoint.logger.debug(
                    "bad property bag",
                    metadata: ["identity": "\(session.event.identity)", "error": "\(error)"]
                )
                self.close(.malformedProperties)
            }
        case .notSupported: self.close(.notSupported)
        case .foreign: self.close(.topicNotAllowed)
        }
        return nil
    }
}
