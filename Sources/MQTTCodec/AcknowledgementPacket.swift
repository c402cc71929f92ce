package import NIOCore

/// What PUBACK, PUBREC, PUBREL and PUBCOMP have in common: an identifier, and in MQTT 5 a reason.
///
/// ```
/// packet identifier (2 bytes) | reason code | properties
/// ```
/// Success without properties is four bytes in both versions; a reason without properties is five.
/// Spec: MQTT 5.0 §3.4 to §3.7.
package protocol AcknowledgementPacket: Equatable, Sendable {
    static var type: PacketType { get }

    /// The identifier of the PUBLISH, not 0.
    var packetID: UInt16 { get set }
    /// `success` in MQTT 3.1.1, which has no other. [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1]
    var reason: ReasonCode { get set }
    var properties: AnswerProperties? { get set }

    /// An answer to the packet with this identifier.
    init(packetID: UInt16, reason: ReasonCode, properties: AnswerProperties?)
}

extension AcknowledgementPacket {
    init(_ fields: inout PacketFields, owner: PropertyOwner) throws(PacketError) {
        let packetID = try fields.packetID()
        guard fields.version == .v5, !fields.isAtEnd else {
            self.init(packetID: packetID, reason: .success, properties: nil)
            return
        }
        let reason = try fields.reasonCode(in: Self.type)
        let properties = fields.isAtEnd ? nil : try AnswerProperties(&fields, owner: owner)
        self.init(packetID: packetID, reason: reason, properties: properties)
    }

    /// Writes the packet; throws when a property is over 65535 bytes.
    package func encode(into buffer: inout ByteBuffer, version: MQTTVersion = .v311) throws(PacketError) {
        guard version == .v5, self.reason != .success || self.properties != nil else {
            buffer.writeShortPacket(Self.type, self.packetID)
            return
        }
        var writer = PropertyWriter()
        try self.properties?.write(to: &writer)
        var body = ByteBuffer()
        body.writeInteger(self.packetID)
        body.writeInteger(self.reason.rawValue)
        if self.properties != nil { body.writeProperties(writer) }
        try buffer.writePacket(Self.type, body: body)
    }
}
