package import NIOCore

/// PUBLISH: an application message. Spec: MQTT 3.1.1 §3.3.
///
/// Topic and payload are slices of the read buffer and keep it alive: use them at once or copy.
package struct PublishPacket: Equatable, Sendable {
    /// Checked topic name, UTF-8.
    package var topic: ByteBuffer
    package var payload: ByteBuffer
    package var qos: QoS
    /// Sent before, perhaps; never set with QoS 0. [MQTT-3.3.1-2]
    package var isDuplicate: Bool
    package var retain: Bool
    /// Not 0 when QoS is over 0, else 0. [MQTT-2.3.1-1] [MQTT-2.3.1-5]
    package var packetID: UInt16

    /// A message.
    package init(
        topic: ByteBuffer,
        payload: ByteBuffer,
        qos: QoS,
        packetID: UInt16 = 0,
        isDuplicate: Bool = false,
        retain: Bool = false
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.packetID = packetID
        self.isDuplicate = isDuplicate
        self.retain = retain
    }

    /// Reads the packet at the reader index of a buffer that holds all of it, without consuming it.
    ///
    /// The hot path: it works on indexes of the read buffer and makes two slices.
    init(header: FixedHeader, peeking buffer: ByteBuffer) throws(PacketError) {
        guard let qos = QoS(rawValue: header.flags >> 1 & 0b11) else {
            throw PacketError(.malformedQoS, at: 0)  // [MQTT-3.3.1-4]
        }
        let isDuplicate = header.flags & 0b1000 != 0
        guard !isDuplicate || qos != .atMostOnce else { throw PacketError(.malformedQoS, at: 0) }  // [MQTT-3.3.1-2]
        let start = buffer.readerIndex
        let end = start + header.packetSize
        let topicStart = start + header.length + 2
        guard topicStart <= end, let topicLength = buffer.getInteger(at: topicStart - 2, as: UInt16.self) else {
            throw PacketError(.truncated, at: header.length)
        }
        let topicEnd = topicStart + Int(topicLength)
        guard topicEnd <= end, let topic = buffer.getSlice(at: topicStart, length: Int(topicLength)) else {
            throw PacketError(.truncated, at: header.length)
        }
        guard TopicName.isValid(topic) else { throw PacketError(.malformedTopicName, at: header.length) }
        var payloadStart = topicEnd
        var packetID: UInt16 = 0
        if qos != .atMostOnce {
            payloadStart += 2
            guard payloadStart <= end, let id = buffer.getInteger(at: topicEnd, as: UInt16.self) else {
                throw PacketError(.truncated, at: topicEnd - start)
            }
            guard id != 0 else { throw PacketError(.packetIDZero, at: topicEnd - start) }
            packetID = id
        }
        guard let payload = buffer.getSlice(at: payloadStart, length: end - payloadStart) else {
            throw PacketError(.truncated, at: payloadStart - start)
        }
        self.init(
            topic: topic,
            payload: payload,
            qos: qos,
            packetID: packetID,
            isDuplicate: isDuplicate,
            retain: header.flags & 1 != 0
        )
    }

    /// Writes the packet; throws when the topic is over 65535 bytes or the whole over 268435455.
    package func encode(into buffer: inout ByteBuffer) throws(PacketError) {
        let flags = (self.isDuplicate ? 0b1000 : 0) | self.qos.rawValue << 1 | (self.retain ? 1 : 0)
        let idLength = self.qos == .atMostOnce ? 0 : 2
        try buffer.writeFixedHeader(
            firstByte: PacketType.publish.rawValue << 4 | flags,
            remainingLength: 2 + self.topic.readableBytes + idLength + self.payload.readableBytes
        )
        try buffer.writePacketBinary(self.topic)
        if self.qos != .atMostOnce { buffer.writeInteger(self.packetID) }
        buffer.writeImmutableBuffer(self.payload)
    }
}
