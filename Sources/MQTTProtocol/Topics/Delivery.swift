package import MQTTCodec

/// How one subscriber gets one message: all its subscriptions that match, merged into one delivery.
///
/// MQTT 5.0 §3.3.4 allows one copy for overlapping subscriptions; it then has the highest of their QoS and all their
/// identifiers, and keeps RETAIN when one of them asks for that. [MQTT-3.3.4-2] [MQTT-3.3.4-3] [MQTT-3.3.4-4]
package struct Delivery: Equatable, Sendable {
    /// The highest QoS that a subscription grants; the message's own is a bound, too.
    package var qos: QoS
    /// Whether the publisher's RETAIN flag is kept. [MQTT-3.3.1-12] [MQTT-3.3.1-13]
    package var retainAsPublished: Bool
    /// Of the subscriptions that have one, in no order.
    package var identifiers: [UInt32]

    /// A delivery.
    package init(qos: QoS, retainAsPublished: Bool = false, identifiers: [UInt32] = []) {
        self.qos = qos
        self.retainAsPublished = retainAsPublished
        self.identifiers = identifiers
    }

    mutating func merge(_ other: Delivery) {
        self.qos = max(self.qos, other.qos)  // [MQTT-3.3.4-2]
        self.retainAsPublished = self.retainAsPublished || other.retainAsPublished
        self.identifiers += other.identifiers  // [MQTT-3.3.4-4]
    }
}
