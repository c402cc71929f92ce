package import NIOCore

/// CONNECT: the first packet of a client. Spec: MQTT 3.1.1 §3.1.
///
/// A packet of another protocol level than 4 is read no further than the level: what follows is that version's
/// business, and the server can answer code 1. [MQTT-3.1.2-2]
package struct ConnectPacket: Equatable, Sendable {
    /// The message the server publishes when the connection ends without DISCONNECT. [MQTT-3.1.2-8]
    package struct Will: Equatable, Sendable {
        package var topic: ByteBuffer
        package var payload: ByteBuffer
        package var qos: QoS
        package var retain: Bool

        /// A will.
        package init(topic: ByteBuffer, payload: ByteBuffer, qos: QoS = .atLeastOnce, retain: Bool = false) {
            self.topic = topic
            self.payload = payload
            self.qos = qos
            self.retain = retain
        }
    }

    /// The level of MQTT 3.1.1.
    package static let protocolLevel311: UInt8 = 4

    package var protocolLevel: UInt8
    package var cleanSession: Bool
    /// Seconds between two packets of the client; 0 switches the check off. §3.1.2.10
    package var keepAliveSeconds: UInt16
    /// May be empty together with `cleanSession`. [MQTT-3.1.3-6]
    package var clientID: String
    package var will: Will?
    package var userName: String?
    package var password: ByteBuffer?

    /// A CONNECT of MQTT 3.1.1.
    package init(
        clientID: String,
        cleanSession: Bool = true,
        keepAliveSeconds: UInt16 = 60,
        will: Will? = nil,
        userName: String? = nil,
        password: ByteBuffer? = nil
    ) {
        self.protocolLevel = ConnectPacket.protocolLevel311
        self.clientID = clientID
        self.cleanSession = cleanSession
        self.keepAliveSeconds = keepAliveSeconds
        self.will = will
        self.userName = userName
        self.password = password
    }

    init(_ fields: inout PacketFields) throws(PacketError) {
        let nameFault = fields.fault(.unknownProtocolName)
        let name = try fields.binary()
        let level = try fields.byte()
        // `MQIsdp` is the name of MQTT 3.1, level 3.
        guard name == ByteBuffer(string: "MQTT") || name == ByteBuffer(string: "MQIsdp") && level == 3 else {
            throw nameFault  // [MQTT-3.1.2-1]
        }
        self.init(clientID: "", keepAliveSeconds: 0)
        self.protocolLevel = level
        guard level == ConnectPacket.protocolLevel311 else {
            _ = fields.rest()
            return
        }
        let flagsFault = fields.fault(.malformedConnectFlags)
        let flags = Flags(rawValue: try fields.byte())
        guard flags.isValid else { throw flagsFault }
        self.cleanSession = flags.contains(.cleanSession)
        self.keepAliveSeconds = try fields.integer()
        self.clientID = try fields.string()  // [MQTT-3.1.3-3]
        if flags.contains(.will) {
            let topicFault = fields.fault(.malformedTopicName)
            let topic = try fields.binary()
            guard TopicName.isValid(topic) else { throw topicFault }
            let payload = try fields.binary()
            guard let qos = QoS(rawValue: flags.willQoS) else { throw flagsFault }
            self.will = Will(topic: topic, payload: payload, qos: qos, retain: flags.contains(.willRetain))
        }
        if flags.contains(.userName) { self.userName = try fields.string() }
        if flags.contains(.password) { self.password = try fields.binary() }
    }

    /// Writes the packet; throws when a field is over 65535 bytes.
    package func encode(into buffer: inout ByteBuffer) throws(PacketError) {
        var flags = Flags()
        if self.cleanSession { flags.insert(.cleanSession) }
        if let will {
            flags.insert(.will)
            flags.insert(Flags(rawValue: will.qos.rawValue << 3))
            if will.retain { flags.insert(.willRetain) }
        }
        if self.userName != nil { flags.insert(.userName) }
        if self.password != nil { flags.insert(.password) }
        var body = ByteBuffer()
        try body.writePacketString("MQTT")
        body.writeInteger(self.protocolLevel)
        body.writeInteger(flags.rawValue)
        body.writeInteger(self.keepAliveSeconds)
        try body.writePacketString(self.clientID)
        if let will {
            try body.writePacketBinary(will.topic)
            try body.writePacketBinary(will.payload)
        }
        if let userName { try body.writePacketString(userName) }
        if let password { try body.writePacketBinary(password) }
        try buffer.writeFixedHeader(firstByte: PacketType.connect.firstByte, remainingLength: body.readableBytes)
        buffer.writeBuffer(&body)
    }

    /// Byte 8 of the variable header. §3.1.2.3
    private struct Flags: OptionSet {
        static let reserved = Flags(rawValue: 0x01)
        static let cleanSession = Flags(rawValue: 0x02)
        static let will = Flags(rawValue: 0x04)
        static let willRetain = Flags(rawValue: 0x20)
        static let password = Flags(rawValue: 0x40)
        static let userName = Flags(rawValue: 0x80)

        var rawValue: UInt8

        var willQoS: UInt8 { self.rawValue >> 3 & 0b11 }

        var isValid: Bool {
            if self.contains(.reserved) || self.willQoS == 3 { return false }  // [MQTT-3.1.2-3] [MQTT-3.1.2-14]
            if !self.contains(.will), self.willQoS != 0 || self.contains(.willRetain) {
                return false  // [MQTT-3.1.2-13] [MQTT-3.1.2-15]
            }
            return self.contains(.userName) || !self.contains(.password)  // [MQTT-3.1.2-22]
        }
    }
}
