/// Where the fields of a PUBLISH are, in bytes from the start of its fixed header.
///
/// Read in one pass over the packet's bytes, so that the hot path touches the read buffer once and then makes two
/// slices.
struct PublishLayout {
    let qos: QoS
    let packetID: UInt16
    let topicStart: Int
    let topicEnd: Int
    /// The payload begins here, or the Property Length if ``hasProperties``.
    let rest: Int
    /// MQTT 5 with a Property Length that is not 0.
    let hasProperties: Bool

    /// Checks the whole packet, which `bytes` begin with and hold, but its properties.
    init(_ bytes: RawSpan, header: FixedHeader, version: MQTTVersion) throws(PacketError) {
        guard let qos = QoS(rawValue: header.flags >> 1 & 0b11), header.flags & 0b1000 == 0 || qos != .atMostOnce else {
            throw PacketError(.malformedQoS, at: 0)  // [MQTT-3.3.1-4] [MQTT-3.3.1-2]
        }
        let end = header.packetSize
        let topicStart = header.length + 2
        guard topicStart <= end else { throw PacketError(.truncated, at: header.length) }
        let topicEnd = topicStart + Int(bytes.integer(at: header.length))
        guard topicEnd <= end else { throw PacketError(.truncated, at: header.length) }
        guard topicStart < topicEnd || version == .v5 else { throw PacketError(.malformedTopicName, at: header.length) }
        guard topicStart == topicEnd || TopicName.isValid(bytes.extracting(topicStart..<topicEnd)) else {
            throw PacketError(.malformedTopicName, at: header.length)  // [MQTT-3.3.2-1] [MQTT-3.3.2-2]
        }
        var rest = topicEnd
        var packetID: UInt16 = 0
        if qos != .atMostOnce {
            guard rest + 2 <= end else { throw PacketError(.truncated, at: topicEnd) }
            packetID = bytes.integer(at: topicEnd)
            guard packetID != 0 else { throw PacketError(.packetIDZero, at: topicEnd) }  // [MQTT-2.2.1-4]
            rest += 2
        }
        var hasProperties = false
        if version == .v5 {
            guard rest < end else { throw PacketError(.truncated, at: rest) }
            if bytes.byte(at: rest) == 0 { rest += 1 } else { hasProperties = true }
            guard topicStart < topicEnd || hasProperties else { throw PacketError(.noTopicName, at: header.length) }
        }
        self.qos = qos
        self.packetID = packetID
        self.topicStart = topicStart
        self.topicEnd = topicEnd
        self.rest = rest
        self.hasProperties = hasProperties
    }
}
