/// PUBACK: the answer to a PUBLISH of QoS 1. Spec: MQTT 5.0 §3.4.
package struct PubackPacket: AcknowledgementPacket {
    package static let type = PacketType.puback

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
