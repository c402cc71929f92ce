/// A name and a value whose meaning only the applications know; names may repeat, the order is kept.
///
/// Spec: MQTT 5.0 §3.3.2.3.7. [MQTT-3.3.2-17] [MQTT-3.3.2-18]
package struct UserProperty: Equatable, Sendable {
    package var name: String
    package var value: String

    /// A pair; each side at most 65535 bytes of UTF-8.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
