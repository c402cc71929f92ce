package import NIOCore

/// SUBACK: one code per filter of a SUBSCRIBE, in its order. Spec: MQTT 5.0 §3.9.
package struct SubackPacket: Equatable, Sendable {
    package typealias Code = ReasonCode

    package var packetID: UInt16
    /// In MQTT 3.1.1 every failure is written as 0x80. [MQTT-3.9.3-1] [MQTT-3.9.3-2]
    package var codes: [ReasonCode]
    package var properties: AnswerProperties?

    /// The answer to the SUBSCRIBE with this identifier.
    package init(packetID: UInt16, codes: [ReasonCode], properties: AnswerProperties? = nil) {
        self.packetID = packetID
        self.codes = codes
        self.properties = properties
    }

    init(_ fields: inout PacketFields) throws(PacketError) {
        self.init(packetID: try fields.packetID(), codes: [])
        if fields.version == .v5 { self.properties = try AnswerProperties(&fields, owner: .suback) }
        while !fields.isAtEnd { self.codes.append(try SubackPacket.code(&fields)) }
    }

    private static func code(_ fields: inout PacketFields) throws(PacketError) -> ReasonCode {
        guard fields.version == .v311 else { return try fields.reasonCode(in: .suback) }
        let fault = fields.fault(.reservedValue)
        let code = ReasonCode(rawValue: try fields.byte())
        guard QoS(rawValue: code.rawValue) != nil || code == .failure else { throw fault }
        return code
    }

    /// Writes the packet; throws when a property is over 65535 bytes.
    package func encode(into buffer: inout ByteBuffer, version: MQTTVersion = .v311) throws(PacketError) {
        var body = ByteBuffer()
        body.writeInteger(self.packetID)
        switch version {
        case .v311:
            for code in self.codes { body.writeInteger(code.isError ? ReasonCode.failure.rawValue : code.rawValue) }
        case .v5:
            var writer = PropertyWriter()
            try self.properties?.write(to: &writer)
            body.writeProperties(writer)
            for code in self.codes { body.writeInteger(code.rawValue) }
        }
        try buffer.writePacket(.suback, body: body)
    }
}
