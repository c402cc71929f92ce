import CoreMetrics
import HubProtocol
import MQTTCodec
import MQTTProtocol
import NIOCore

extension ConnectionHandler {
    /// What a Will becomes.
    enum AcceptedWill {
        case none
        /// Telemetry of the identity.
        case hub(HubWill)
        /// An ordinary message.
        case brokered(BrokerWill)
        /// None of the principal's topics, or too large.
        case refused
    }

    /// Judges a Will by the topics that its principal may publish to. Contract iothub-mqtt section 4.
    func judge(_ will: ConnectPacket.Will?, topics: HubTopics?, permissions: TopicPermissions) -> AcceptedWill {
        guard let will else { return .none }
        let target = topics.map { topics in will.topic.withUnsafeReadableBytes { topics.publishTarget(of: $0) } }
        switch target ?? .foreign {
        case .request: return .refused
        case .telemetry(let bagOffset):
            guard will.qos != .exactlyOnce,
                let topic = try? TelemetryTopic(
                    topic: will.topic,
                    bagOffset: bagOffset,
                    retain: will.retain,
                    isWill: true
                ), will.payload.readableBytes + topic.countedBytes <= self.endpoint.configuration.messageSizeMax
            else { return .refused }
            return .hub(
                HubWill(
                    value: ByteBuffer(bytes: will.payload.readableBytesView),
                    properties: will.properties.map { topic.properties(with: $0) } ?? topic.properties,
                    delaySeconds: will.delaySeconds
                )
            )
        case .foreign:
            guard permissions.allowsPublish(topic: will.topic) else { return .refused }
            let message = InboundMessage(
                topic: ByteBuffer(bytes: will.topic.readableBytesView),
                payload: ByteBuffer(bytes: will.payload.readableBytesView),
                qos: will.qos,
                retain: will.retain,
                properties: will.properties?.detached()
            )
            return .brokered(BrokerWill(message: message, delaySeconds: will.delaySeconds))
        }
    }

    /// The Will becomes telemetry, at once or after its delay.
    func publishHubWill(of session: Session) {
        guard let will = session.will, let template = session.template else { return }
        let delaySeconds = min(will.delaySeconds, self.sessionExpirySeconds ?? session.peer.sessionExpirySeconds)
        let key = SessionKey(principal: session.event.principal, clientID: session.event.clientID)
        self.loop.publish(will, template, of: key, after: .seconds(Int64(delaySeconds)))  // [MQTT-3.1.3-9]
    }
}
