package import NIOCore

/// Writes one message for many subscribers: what is the same for all is encoded once, the rest per delivery.
///
/// ```
/// fixed header | topic | packet identifier (QoS 1, 2) | MQTT 5: property length | expiry | alias | subscription
/// identifiers | what is passed on unaltered                                     | payload
/// ```
/// A delivery makes room once and copies three pieces; it allocates nothing but what `buffer` grows by.
/// Spec: MQTT 5.0 §3.3.
package struct PublishEncoder: Sendable {
    /// What one subscriber's copy says; all but QoS, identifier, DUP and RETAIN is written in MQTT 5 only.
    package struct Delivery: Sendable {
        /// How the topic is said.
        package enum Alias: Sendable {
            /// By its name.
            case none
            /// By its name, for which the number, not 0, stands from now on.
            case define(UInt16)
            /// By a number defined before. §3.3.2.3.4
            case use(UInt16)
        }

        package var qos: QoS
        /// Not 0 when QoS is over 0, else not written.
        package var packetID: UInt16
        package var isDuplicate: Bool
        package var retain: Bool
        package var alias: Alias
        /// Seconds that are left. [MQTT-3.3.2-6]
        package var messageExpirySeconds: UInt32?
        /// 1 to 268435455 each. [MQTT-3.3.4-3] [MQTT-3.3.4-4]
        package var subscriptionIDs: [UInt32]

        /// A delivery.
        package init(
            qos: QoS,
            packetID: UInt16 = 0,
            isDuplicate: Bool = false,
            retain: Bool = false,
            alias: Alias = .none,
            messageExpirySeconds: UInt32? = nil,
            subscriptionIDs: [UInt32] = []
        ) {
            self.qos = qos
            self.packetID = packetID
            self.isDuplicate = isDuplicate
            self.retain = retain
            self.alias = alias
            self.messageExpirySeconds = messageExpirySeconds
            self.subscriptionIDs = subscriptionIDs
        }
    }

    private let topic: ByteBuffer
    private let payload: ByteBuffer
    private let forwarded: ByteBuffer

    /// A message; expiry, alias and subscription identifiers of `properties` are not its but a delivery's.
    ///
    /// Throws when the topic or a property is over 65535 bytes.
    package init(
        topic: ByteBuffer,
        payload: ByteBuffer,
        properties: PublishProperties? = nil
    ) throws(PacketError) {
        try self.init(topic: topic, payload: payload, forwardedBytes: properties?.forwardedBytes() ?? ByteBuffer())
    }

    /// A message whose properties are bytes already, of ``PublishProperties/forwardedBytes()``.
    ///
    /// Throws when the topic is over 65535 bytes.
    package init(topic: ByteBuffer, payload: ByteBuffer, forwardedBytes: ByteBuffer) throws(PacketError) {
        guard topic.readableBytes <= TopicName.lengthMax else {
            throw PacketError(.fieldTooLong(bytes: topic.readableBytes), at: 0)
        }
        self.topic = topic
        self.payload = payload
        self.forwarded = forwardedBytes
    }

    /// Bytes of the whole packet, to compare with the receiver's Maximum Packet Size. [MQTT-3.1.2-24]
    package func packetSize(_ delivery: Delivery, version: MQTTVersion) -> Int {
        Sizes(self, delivery, version).packet
    }

    /// Writes the packet; throws when it is over 268435455 bytes, and then leaves the buffer as it was.
    package func encode(
        _ delivery: Delivery,
        version: MQTTVersion,
        into buffer: inout ByteBuffer
    ) throws(PacketError) {
        let sizes = Sizes(self, delivery, version)
        guard sizes.remaining <= FixedHeader.remainingLengthMax else {
            throw PacketError(.fieldTooLong(bytes: sizes.remaining), at: 0)
        }
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: sizes.packet) { bytes in
            var cursor = RawCursor(bytes)
            let flags = (delivery.isDuplicate ? 0b1000 : 0) | delivery.qos.rawValue << 1 | (delivery.retain ? 1 : 0)
            cursor.write(PacketType.publish.rawValue << 4 | flags)
            cursor.write(variableByteInteger: sizes.remaining)
            cursor.write(UInt16(truncatingIfNeeded: sizes.topic))
            if sizes.topic > 0 { cursor.write(self.topic) }
            if delivery.qos != .atMostOnce { cursor.write(delivery.packetID) }
            if version == .v5 { self.writeProperties(delivery, length: sizes.properties, to: &cursor) }
            cursor.write(self.payload)
            return sizes.packet
        }
    }

    private func writeProperties(_ delivery: Delivery, length: Int, to cursor: inout RawCursor) {
        cursor.write(variableByteInteger: length)
        guard length > 0 else { return }
        if let seconds = delivery.messageExpirySeconds {
            cursor.write(PropertyID.messageExpiry.rawValue)
            cursor.write(seconds)
        }
        switch delivery.alias {
        case .none: break
        case .define(let alias), .use(let alias):
            cursor.write(PropertyID.topicAlias.rawValue)
            cursor.write(alias)
        }
        for id in delivery.subscriptionIDs {
            cursor.write(PropertyID.subscriptionID.rawValue)
            cursor.write(variableByteInteger: Int(id))
        }
        cursor.write(self.forwarded)
    }

    /// The lengths that stand in the packet, in bytes.
    private struct Sizes {
        let topic: Int
        /// Behind the Property Length; 0 in MQTT 3.1.1.
        let properties: Int
        let remaining: Int
        let packet: Int

        init(_ message: PublishEncoder, _ delivery: Delivery, _ version: MQTTVersion) {
            var topic = message.topic.readableBytes
            var properties = 0
            var propertyBytes = 0
            if version == .v5 {
                properties = message.forwarded.readableBytes
                if delivery.messageExpirySeconds != nil { properties += 5 }
                switch delivery.alias {
                case .none: break
                case .define: properties += 3
                case .use:
                    properties += 3
                    topic = 0
                }
                for id in delivery.subscriptionIDs { properties += 1 + RawCursor.variableByteCount(Int(id)) }
                propertyBytes = RawCursor.variableByteCount(properties) + properties
            }
            self.topic = topic
            self.properties = properties
            self.remaining =
                2 + topic + (delivery.qos == .atMostOnce ? 0 : 2) + propertyBytes + message.payload.readableBytes
            self.packet = 1 + RawCursor.variableByteCount(self.remaining) + self.remaining
        }
    }
}
