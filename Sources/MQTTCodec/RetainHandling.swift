/// Which retained messages a new subscription is sent. Spec: MQTT 5.0 §3.8.3.1.
package enum RetainHandling: UInt8, Sendable, CaseIterable {
    /// All that match, at every SUBSCRIBE: what MQTT 3.1.1 does. [MQTT-3.3.1-9]
    case send = 0
    /// All that match, when the subscription did not exist before. [MQTT-3.3.1-10]
    case sendIfNew = 1
    /// None. [MQTT-3.3.1-11]
    case doNotSend = 2
}
