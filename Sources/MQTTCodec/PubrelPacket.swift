/// PUBREL: the sender's answer to PUBREC. Spec: MQTT 5.0 §3.6.
package struct PubrelPacket: AcknowledgementPacket {
    package static let type = PacketType.pubrel

    package var packetID: UInt16
    package var reason: ReasonCode
    package var properties: AnswerProperties?

    /// An answer to the packet with this identifier, not 0.
    package init(packetID: UInt16, reason: ReasonCode = .success, properties: AnswerProperties? = nil) {
        self.packetID = packetID
        self.reason = reason
        self.properties = properties
    }
}
