package import NIOCore

/// CONNACK: the server's first packet. Spec: MQTT 5.0 §3.2.
package struct ConnackPacket: Equatable, Sendable {
    /// Whether the server kept a session; false with every reason but success. [MQTT-3.2.2-6]
    package var sessionPresent: Bool
    package var reason: ReasonCode
    package var properties: ConnackProperties?

    /// An answer.
    package init(sessionPresent: Bool, reason: ReasonCode, properties: ConnackProperties? = nil) {
        self.sessionPresent = sessionPresent
        self.reason = reason
        self.properties = properties
    }

    /// An answer of MQTT 3.1.1.
    package init(sessionPresent: Bool, returnCode: ConnectReturnCode) {
        self.init(sessionPresent: sessionPresent, reason: returnCode.reason)
    }

    /// What MQTT 3.1.1 says of the reason.
    package var returnCode: ConnectReturnCode { ConnectReturnCode(self.reason) }

    init(_ fields: inout PacketFields) throws(PacketError) {
        let flagsFault = fields.fault(.reservedValue)
        let flags = try fields.byte()
        guard flags & 0xFE == 0 else { throw flagsFault }  // [MQTT-3.2.2-1]
        switch fields.version {
        case .v311:
            let codeFault = fields.fault(.reservedValue)
            guard let code = ConnectReturnCode(rawValue: try fields.byte()) else { throw codeFault }
            self.init(sessionPresent: flags == 1, returnCode: code)
        case .v5:
            let reason = try fields.reasonCode(in: .connack)
            let properties = try ConnackProperties(&fields)
            self.init(sessionPresent: flags == 1, reason: reason, properties: properties)
        }
    }

    /// Writes the packet, in MQTT 3.1.1 four bytes; throws when a property is over 65535 bytes.
    package func encode(into buffer: inout ByteBuffer, version: MQTTVersion = .v311) throws(PacketError) {
        guard version == .v5 else {
            let present: UInt16 = self.sessionPresent ? 0x0100 : 0
            buffer.writeShortPacket(.connack, present | UInt16(self.returnCode.rawValue))
            return
        }
        var writer = PropertyWriter()
        try self.properties?.write(to: &writer)
        var body = ByteBuffer()
        body.writeMultipleIntegers(self.sessionPresent ? 1 : 0 as UInt8, self.reason.rawValue)
        body.writeProperties(writer)
        try buffer.writePacket(.connack, body: body)
    }
}
