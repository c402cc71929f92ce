import MQTTCodec
import MQTTProtocol
import NIOCore

/// What the client publishes with QoS 2.
extension Attachment {
    /// PUBLISH with QoS 2 came. [MQTT-4.3.3-10]
    func receive(_ packetID: UInt16) -> InboundReceipt {
        switch self.inbound.receive(packetID) {
        case .new: .new
        case .repeated: .again
        case .recovered: .recovered
        case .receiveMaximumExceeded: .full
        }
    }

    /// A QoS 2 message went elsewhere and not to the broker: its identifier is held as if it had.
    func accept(_ packetID: UInt16) {
        guard self.session.isPersistent else { return }
        self.loop.gather(
            PendingPublish(
                kind: .identifier,
                message: Attachment.nothing,
                publisher: self.session,
                packetID: packetID,
                index: nil
            ),
            from: self
        )
    }

    private static let nothing = BrokerMessage(topic: .init(), payload: .init(), qos: .exactlyOnce, retain: false)

    /// PUBREL came: PUBCOMP follows, for a persistent session when the identifier is durably free. [MQTT-4.3.3-11]
    func release(_ packetID: UInt16) {
        let isKnown = self.inbound.release(packetID)
        guard self.session.isPersistent else {
            self.answers.append(.pubcomp(packetID, isKnown ? .success : .packetIDNotFound))
            return self.noteReady()
        }
        // Also when it is not known: an earlier PUBREL may still be on its way to the disk.
        self.loop.release(packetID, isKnown: isKnown, of: self)
    }

    /// PUBREC says an error, and no PUBREL follows: the identifier is free. [MQTT-4.3.3-10]
    func refused(_ packetID: UInt16) {
        guard self.inbound.release(packetID), self.session.isPersistent else { return }
        var sequence: UInt64?
        self.loop.broker.withState { _ in sequence = self.session.held.removeValue(forKey: packetID) }
        guard let sequence else { return }
        self.loop.journal(
            .released(session: self.session.number, sequence: sequence, packetID: packetID),
            isIrrevocable: true
        )
    }

    /// A client's QoS 2 publish is over.
    func completed(_ packetID: UInt16, isKnown: Bool) {
        self.answers.append(.pubcomp(packetID, isKnown ? .success : .packetIDNotFound))
        self.noteReady()
    }
}
