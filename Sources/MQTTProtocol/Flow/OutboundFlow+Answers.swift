package import MQTTCodec

extension OutboundFlow {
    /// PUBACK came, with whatever reason: the message is the client's. [MQTT-4.3.2-3]
    package mutating func puback(packetID: UInt16) -> Answer {
        guard let exchange = self.exchanges[packetID] else { return .none }
        switch exchange.state {
        case .awaitingPuback: return self.settled(packetID)
        case .awaitingPubrec, .recording, .awaitingPubcomp: return .violation
        }
    }

    /// PUBREC came.
    package mutating func pubrec(packetID: UInt16, reason: ReasonCode = .success) -> Answer {
        guard let exchange = self.exchanges[packetID] else {
            return reason.isError ? .none : .release(packetID: packetID, .packetIDNotFound)
        }
        switch exchange.state {
        case .awaitingPubrec:
            guard !reason.isError else { return self.settled(packetID) }  // [MQTT-4.4.0-2]
            self.lastOrder += 1
            self.exchanges[packetID]?.state = .recording
            self.exchanges[packetID]?.order = self.lastOrder  // [MQTT-4.6.0-4]
            self.exchanges[packetID]?.message = exchange.message.keptForResend()
            if !exchange.isOpen {
                self.exchanges[packetID]?.isOpen = true
                self.openCount += 1
            }
            return .recordThenRelease(packetID: packetID)
        case .recording:
            return .none
        case .awaitingPubcomp:
            return reason.isError ? self.settled(packetID) : .release(packetID: packetID, .success)
        case .awaitingPuback:
            return .violation
        }
    }

    /// It is durable that the client has this message: PUBREL goes, and PUBLISH never again.
    ///
    /// [MQTT-4.3.3-4] [MQTT-4.3.3-6]
    ///
    /// - Returns: ``Answer/none`` while no client is connected; then PUBREL goes when it is back.
    package mutating func recorded(packetID: UInt16) -> Answer {
        guard let exchange = self.exchanges[packetID], exchange.state == .recording else { return .none }
        self.exchanges[packetID]?.state = .awaitingPubcomp
        return self.isAttached ? .release(packetID: packetID, .success) : .none
    }

    /// PUBCOMP came, with whatever reason: the identifier is free. [MQTT-4.3.3-5]
    package mutating func pubcomp(packetID: UInt16) -> Answer {
        guard let exchange = self.exchanges[packetID] else { return .none }
        switch exchange.state {
        case .awaitingPubcomp: return self.settled(packetID)
        case .awaitingPuback, .awaitingPubrec, .recording: return .violation
        }
    }

    /// The PUBLISH just got from ``next()`` is not written, such as one over the client's Maximum Packet Size: the
    /// exchange counts as done. [MQTT-3.1.2-25]
    package mutating func discard(packetID: UInt16) {
        _ = self.settle(packetID)
    }

    private mutating func settled(_ packetID: UInt16) -> Answer {
        guard let message = self.settle(packetID) else { return .none }
        return .settled(message)
    }
}
