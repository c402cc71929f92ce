package import NIOCore

/// UNSUBACK: the answer to UNSUBSCRIBE. Spec: MQTT 5.0 §3.11.
package struct UnsubackPacket: Equatable, Sendable {
    package var packetID: UInt16
    /// One per filter, in their order; none in MQTT 3.1.1, which writes none. [MQTT-3.11.3-1] [MQTT-3.11.3-2]
    package var codes: [ReasonCode]
    package var properties: AnswerProperties?

    /// An answer to the packet with this identifier, not 0.
    package init(packetID: UInt16, codes: [ReasonCode] = [], properties: AnswerProperties? = nil) {
        self.packetID = packetID
        self.codes = codes
        self.properties = properties
    }

    init(_ fields: inout PacketFields) throws(PacketError) {
        self.init(packetID: try fields.packetID())
        guard fields.version == .v5 else { return }
        self.properties = try AnswerProperties(&fields, owner: .unsuback)
        while !fields.isAtEnd { self.codes.append(try fields.reasonCode(in: .unsuback)) }
    }

    /// Writes the packet, in MQTT 3.1.1 four bytes; throws when a property is over 65535 bytes.
    package func encode(into buffer: inout ByteBuffer, version: MQTTVersion = .v311) throws(PacketError) {
        guard version == .v5 else {
            buffer.writeShortPacket(.unsuback, self.packetID)
            return
        }
        var writer = PropertyWriter()
        try self.properties?.write(to: &writer)
        var body = ByteBuffer()
        body.writeInteger(self.packetID)
        body.writeProperties(writer)
        for code in self.codes { body.writeInteger(code.rawValue) }
        try buffer.writePacket(.unsuback, body: body)
    }
}
