package import MQTTCodec

/// What ``OutboundFlow`` must know of a message; the rest is the caller's.
package protocol FlowMessage {
    /// The QoS of the delivery, 1 or 2.
    var qos: QoS { get }
    /// The packet identifier that a QoS 2 message was given when it was journaled, 32768 to 65535; `nil` when the flow
    /// chooses. In one flow all messages of QoS 2 bring one, or none does.
    ///
    /// Whoever gives identifiers may give one again only when its last message is durably settled: after a crash before
    /// that the client would take the two for one, or one for two.
    var fixedPacketID: UInt16? { get }
    /// Whether topic and payload must be read from the log before the message can be written.
    var needsBody: Bool { get }
    /// Bytes it holds in memory; 0 when it is only a position.
    var byteCount: Int { get }
    /// What is kept while the client's answer is awaited: the message as it is, or only its position when the body
    /// can be read again.
    func keptForResend() -> Self
}

extension FlowMessage {
    package func keptForResend() -> Self { self }
}
