package import NIOCore

/// PUBLISH: an application message. Spec: MQTT 5.0 §3.3.
///
/// Topic and payload are slices of the read buffer and keep it alive: use them at once or copy.
package struct PublishPacket: Equatable, Sendable {
    /// Checked topic name, UTF-8; in MQTT 5 empty when an alias stands for it.
    package var topic: ByteBuffer
    package var payload: ByteBuffer
    package var qos: QoS
    /// Sent before, perhaps; never set with QoS 0. [MQTT-3.3.1-2]
    package var isDuplicate: Bool
    package var retain: Bool
    /// Not 0 when QoS is over 0, else 0. [MQTT-2.2.1-2] [MQTT-2.2.1-3]
    package var packetID: UInt16
    /// Of MQTT 5; `nil` when the packet has none.
    package var properties: PublishProperties?

    /// A message.
    package init(
        topic: ByteBuffer,
        payload: ByteBuffer,
        qos: QoS,
        packetID: UInt16 = 0,
        isDuplicate: Bool = false,
        retain: Bool = false,
        properties: PublishProperties? = nil
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.packetID = packetID
        self.isDuplicate = isDuplicate
        self.retain = retain
        self.properties = properties
    }

    /// Takes the packet out of a buffer that holds all of it.
    ///
    /// The hot path: two slices; only properties allocate.
    init(
        _ header: FixedHeader,
        _ layout: PublishLayout,
        from buffer: inout ByteBuffer,
        sender: PacketSender?
    ) throws(PacketError) {
        let start = buffer.readerIndex
        var payloadStart = layout.rest
        var properties: PublishProperties?
        if layout.hasProperties {
            guard let bytes = buffer.getSlice(at: start + layout.rest, length: header.packetSize - layout.rest) else {
                throw PacketError(.truncated, at: layout.rest)
            }
            var fields = PacketFields(body: bytes, end: header.packetSize, version: .v5, sender: sender)
            properties = try PublishProperties.read(&fields)
            guard layout.topicStart < layout.topicEnd || properties?.topicAlias != nil else {
                throw PacketError(.noTopicName, at: header.length)
            }
            payloadStart = fields.offset
        }
        buffer.moveReaderIndex(forwardBy: layout.topicStart)
        guard let topic = buffer.readSlice(length: layout.topicEnd - layout.topicStart) else {
            throw PacketError(.truncated, at: layout.topicStart)
        }
        buffer.moveReaderIndex(to: start + payloadStart)
        guard let payload = buffer.readSlice(length: header.packetSize - payloadStart) else {
            throw PacketError(.truncated, at: payloadStart)
        }
        self.init(
            topic: topic,
            payload: payload,
            qos: layout.qos,
            packetID: layout.packetID,
            isDuplicate: header.flags & 0b1000 != 0,
            retain: header.flags & 1 != 0,
            properties: properties
        )
    }

    /// Writes the packet; throws when a field is over 65535 bytes or the whole over 268435455.
    ///
    /// For one message to many receivers see ``PublishEncoder``.
    package func encode(into buffer: inout ByteBuffer, version: MQTTVersion = .v311) throws(PacketError) {
        let properties = version == .v5 ? self.properties : nil
        var delivery = PublishEncoder.Delivery(
            qos: self.qos,
            packetID: self.packetID,
            isDuplicate: self.isDuplicate,
            retain: self.retain,
            messageExpirySeconds: properties?.messageExpirySeconds,
            subscriptionIDs: properties?.subscriptionIDs ?? []
        )
        if let alias = properties?.topicAlias {
            delivery.alias = self.topic.readableBytes > 0 ? .define(alias) : .use(alias)
        }
        try PublishEncoder(topic: self.topic, payload: self.payload, properties: properties)
            .encode(delivery, version: version, into: &buffer)
    }
}
