/// The versions of the protocol that are spoken; the raw value is CONNECT's protocol level. Spec: MQTT 5.0 §3.1.2.2.
package enum MQTTVersion: UInt8, Sendable, CaseIterable {
    case v311 = 4
    case v5 = 5
}
