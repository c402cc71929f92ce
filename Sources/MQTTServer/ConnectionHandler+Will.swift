import HubProtocol
import MQTTCodec
import MQTTProtocol
import NIOCore

extension ConnectionHandler {
    /// What a Will becomes.
    enum JudgedWill {
        case none
        /// A message that the broker keeps until it is due; on the telemetry topic of its client it then becomes telemetry.
        case accepted(BrokerWill)
        /// None of the principal's topics, or too large.
        case refused
    }

    /// Judges a Will by the topics that its principal may publish to. Contract iothub-mqtt section 4.
    func judge(_ will: ConnectPacket.Will?, topics: HubTopics?, permissions: TopicPermissions) -> JudgedWill {
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
        case .foreign:
            guard permissions.allowsPublish(topic: will.topic) else { return .refused }
        }
        let message = InboundMessage(
            topic: ByteBuffer(bytes: will.topic.readableBytesView),
            payload: ByteBuffer(bytes: will.payload.readableBytesView),
            qos: will.qos,
            retain: will.retain,
            properties: will.properties?.detached()
        )
        return .accepted(BrokerWill(message: message, delaySeconds: will.delaySeconds))
    }
}
