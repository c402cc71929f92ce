import MQTTCodec
import MQTTProtocol

/// A message on its way to one session: a position in `_mqtt`, a body in memory, or both.
struct QueuedMessage: FlowMessage {
    /// Of the delivery.
    var qos: QoS
    /// The RETAIN flag to write.
    var isRetained: Bool
    /// Chosen when it was routed; 0: none.
    var packetID: UInt16
    /// Of all subscriptions that match.
    var subscriptionIDs: [UInt32]
    /// Where the body can be read again; `nil` for QoS 0 and for sessions that end with their connection.
    var record: JournalRecord?
    /// The body, when it is in memory.
    var message: BrokerMessage?

    init(
        qos: QoS,
        isRetained: Bool,
        packetID: UInt16 = 0,
        subscriptionIDs: [UInt32] = [],
        record: JournalRecord? = nil,
        message: BrokerMessage?
    ) {
        self.qos = qos
        self.isRetained = isRetained
        self.packetID = packetID
        self.subscriptionIDs = subscriptionIDs
        self.record = record
        self.message = message
    }

    var fixedPacketID: UInt16? { self.packetID == 0 ? nil : self.packetID }

    var needsBody: Bool { self.message == nil }

    var byteCount: Int { self.message?.bytes ?? 0 }

    func keptForResend() -> QueuedMessage {
        guard self.record != nil else { return self }
        var kept = self
        kept.message = nil
        return kept
    }
}
