package import NIOCore

/// CONNECT: the first packet of a client. Spec: MQTT 5.0 §3.1.
///
/// A packet of another protocol level than 4 and 5 is read no further than the level: what follows is that version's
/// business, and the server can answer that it does not speak it. [MQTT-3.1.2-2]
package struct ConnectPacket: Equatable, Sendable {
    /// The message the server publishes when the connection ends without DISCONNECT. [MQTT-3.1.2-8]
    package struct Will: Equatable, Sendable {
        package var topic: ByteBuffer
        package var payload: ByteBuffer
        package var qos: QoS
        package var retain: Bool
        package var properties: PublishProperties?
        /// Seconds between the end of the connection and the Will, unless the session ends first. [MQTT-3.1.3-9]
        package var delaySeconds: UInt32

        /// A will.
        package init(
            topic: ByteBuffer,
            payload: ByteBuffer,
            qos: QoS = .atLeastOnce,
            retain: Bool = false,
            properties: PublishProperties? = nil,
            delaySeconds: UInt32 = 0
        ) {
            self.topic = topic
            self.payload = payload
            self.qos = qos
            self.retain = retain
            self.properties = properties
            self.delaySeconds = delaySeconds
        }
    }

    package var protocolLevel: UInt8
    /// Clean Session of MQTT 3.1.1, Clean Start of 5. [MQTT-3.1.2-4]
    package var cleanSession: Bool
    /// Seconds between two packets of the client; 0 switches the check off. §3.1.2.10
    package var keepAliveSeconds: UInt16
    /// May be empty: in MQTT 3.1.1 together with `cleanSession` only. [MQTT-3.1.3-6]
    package var clientID: String
    package var will: Will?
    package var userName: String?
    package var password: ByteBuffer?
    /// Of MQTT 5.
    package var properties: ConnectProperties?

    /// The version of the connection; `nil` when the level is neither 4 nor 5.
    package var version: MQTTVersion? { MQTTVersion(rawValue: self.protocolLevel) }

    /// A CONNECT.
    package init(
        clientID: String,
        cleanSession: Bool = true,
        keepAliveSeconds: UInt16 = 60,
        will: Will? = nil,
        userName: String? = nil,
        password: ByteBuffer? = nil,
        version: MQTTVersion = .v311,
        properties: ConnectProperties? = nil
    ) {
        self.protocolLevel = version.rawValue
        self.clientID = clientID
        self.cleanSession = cleanSession
        self.keepAliveSeconds = keepAliveSeconds
        self.will = will
        self.userName = userName
        self.password = password
        self.properties = properties
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
        guard let version = MQTTVersion(rawValue: level) else {
            _ = fields.rest()
            return
        }
        let flagsFault = fields.fault(.malformedConnectFlags)
        let flags = Flags(rawValue: try fields.byte())
        guard flags.isValid(version) else { throw flagsFault }
        self.cleanSession = flags.contains(.cleanSession)
        self.keepAliveSeconds = try fields.integer()
        if version == .v5 { self.properties = try ConnectProperties(&fields) }
        self.clientID = try fields.string()  // [MQTT-3.1.3-3] [MQTT-3.1.3-4]
        if flags.contains(.will) {
            let will = version == .v5 ? try PublishProperties.readWill(&fields) : (properties: nil, delaySeconds: 0)
            let topic = try fields.topicName()  // [MQTT-3.1.3-11]
            let payload = try fields.binary()
            guard let qos = QoS(rawValue: flags.willQoS) else { throw flagsFault }
            self.will = Will(
                topic: topic,
                payload: payload,
                qos: qos,
                retain: flags.contains(.willRetain),
                properties: will.properties,
                delaySeconds: will.delaySeconds
            )
        }
        if flags.contains(.userName) { self.userName = try fields.string() }  // [MQTT-3.1.3-12]
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
        if self.version == .v5 {
            var writer = PropertyWriter()
            try self.properties?.write(to: &writer)
            body.writeProperties(writer)
        }
        try body.writePacketString(self.clientID)
        if let will {
            if self.version == .v5 {
                var writer = PropertyWriter()
                if will.delaySeconds > 0 { writer.write(.willDelay, fourBytes: will.delaySeconds) }
                try will.properties?.write(to: &writer)
                body.writeProperties(writer)
            }
            try body.writePacketBinary(will.topic)
            try body.writePacketBinary(will.payload)
        }
        if let userName { try body.writePacketString(userName) }
        if let password { try body.writePacketBinary(password) }
        try buffer.writePacket(.connect, body: body)
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

        func isValid(_ version: MQTTVersion) -> Bool {
            if self.contains(.reserved) || self.willQoS == 3 { return false }  // [MQTT-3.1.2-3] [MQTT-3.1.2-12]
            if !self.contains(.will), self.willQoS != 0 || self.contains(.willRetain) {
                return false  // [MQTT-3.1.2-11] [MQTT-3.1.2-13]
            }
            // MQTT 3.1.1 alone forbids a password without user name. 3.1.1 [MQTT-3.1.2-22]
            return version == .v5 || self.contains(.userName) || !self.contains(.password)
        }
    }
}
