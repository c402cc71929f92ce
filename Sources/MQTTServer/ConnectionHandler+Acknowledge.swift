import MQTTCodec

extension ConnectionHandler {
    /// PUBACK: a delivery of QoS 1 is over. A late one does no harm.
    func acknowledged(_ answer: PubackPacket) {
        guard let session, session.attachment.puback(answer.packetID) else { return }
        self.pump()
    }

    /// PUBREC: the client has a delivery of QoS 2, or refuses it. PUBREL follows when that is durable.
    func received(_ answer: PubrecPacket) {
        guard let session else { return }
        guard session.attachment.pubrec(answer.packetID, answer.reason) else {
            // Unknown, perhaps of a session that ended: the client may let go of it. [MQTT-4.3.3-4]
            guard !answer.reason.isError else { return }
            return self.send(.pubrel(PubrelPacket(packetID: answer.packetID, reason: .packetIDNotFound)))
        }
        self.pump()
    }

    /// PUBCOMP: a delivery of QoS 2 is over.
    func completed(_ answer: PubcompPacket) {
        guard let session, session.attachment.pubcomp(answer.packetID) else { return }
        self.pump()
    }

    /// PUBREL: the client knows that its QoS 2 publish is here. PUBCOMP comes from the broker. [MQTT-4.3.3-11]
    func release(_ answer: PubrelPacket) {
        guard let session else { return }
        session.attachment.release(answer.packetID)
        self.pump()
    }
}
