import HubProtocol
import MQTTCodec
import NIOCore
import TelemetryModel

/// A message as a client published it. The buffers may be slices of what was read: the broker copies what it keeps.
struct InboundMessage {
    /// Checked topic name, aliases resolved.
    var topic: ByteBuffer
    var payload: ByteBuffer
    var qos: QoS
    var retain: Bool
    var properties: PublishProperties?
    /// Of a QoS 2 PUBLISH, so that its repetition is recognised after a restart; else 0.
    var packetID: UInt16

    init(
        topic: ByteBuffer,
        payload: ByteBuffer,
        qos: QoS,
        retain: Bool,
        properties: PublishProperties? = nil,
        packetID: UInt16 = 0
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = properties
        self.packetID = packetID
    }
}

/// A Will that becomes an ordinary message. Spec: MQTT 5.0 §3.1.2.5.
struct BrokerWill {
    /// What is published.
    var message: InboundMessage
    /// Seconds between the connection's end and the Will; 0 = at once. [MQTT-3.1.3-9]
    var delaySeconds: UInt32

    init(message: InboundMessage, delaySeconds: UInt32 = 0) {
        self.message = message
        self.delaySeconds = delaySeconds
    }
}

/// A message on its way to subscribers: made once, shared by all of them, on any loop.
final class BrokerMessage: Sendable {
    let topic: ByteBuffer
    let payload: ByteBuffer
    /// As published; a subscriber's own may be lower.
    let qos: QoS
    /// The RETAIN flag of the PUBLISH.
    let retain: Bool
    /// As published; expiry and subscription identifiers stand in ``OutgoingPublish``.
    let properties: PublishProperties?
    /// When it is worth nothing any more; `nil` = never. [MQTT-3.3.2-5]
    let expiresAt: Timestamp?

    init(
        topic: ByteBuffer,
        payload: ByteBuffer,
        qos: QoS,
        retain: Bool,
        properties: PublishProperties? = nil,
        expiresAt: Timestamp? = nil
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = properties
        self.expiresAt = expiresAt
    }

    /// The same message without a hold on the buffers it was read from.
    func detached() -> BrokerMessage {
        BrokerMessage(
            topic: ByteBuffer(bytes: self.topic.readableBytesView),
            payload: ByteBuffer(bytes: self.payload.readableBytesView),
            qos: self.qos,
            retain: self.retain,
            properties: self.properties?.detached(),
            expiresAt: self.expiresAt
        )
    }

    /// The same message with another end of its life.
    func expiring(at expiresAt: Timestamp) -> BrokerMessage {
        BrokerMessage(
            topic: self.topic,
            payload: self.payload,
            qos: self.qos,
            retain: self.retain,
            properties: self.properties,
            expiresAt: expiresAt
        )
    }

    /// Whether it is telemetry of its client, on the hub's topic: a Will. It is never brokered.
    var isTelemetry: Bool { HubTopics.sender(ofTelemetry: self.topic.readableBytesView) != nil }

    /// The properties as the journal keeps them.
    var journaledProperties: [UInt8] {
        guard let properties else { return [] }
        do throws(PacketError) {
            return Array(try properties.forwardedBytes().readableBytesView)
        } catch {
            // They were read from a packet, so none of them is too long to be written.
            preconditionFailure("properties of a PUBLISH cannot be written: \(error)")
        }
    }

    /// Bytes that count against the bounds of queues and of the retained set: what it takes in memory.
    var bytes: Int {
        self.topic.readableBytes + self.payload.readableBytes + (self.properties?.memoryBytes ?? 0)
    }

    /// Bytes of topic, payload and properties as the journal has them, about.
    var journaledBytes: Int {
        self.topic.readableBytes + self.payload.readableBytes + (self.properties?.wireBytes ?? 0)
    }
}
