/// A message of the gateway for Home Assistant, QoS 0.
package struct DiscoveryMessage: Equatable, Sendable {
    /// A topic name.
    package var topic: String
    /// Empty: the topic's retained message goes.
    package var payload: [UInt8]
    /// Whether it stays for those that subscribe later.
    package var isRetained: Bool

    /// A message.
    package init(topic: String, payload: [UInt8], isRetained: Bool) {
        self.topic = topic
        self.payload = payload
        self.isRetained = isRetained
    }

    /// What takes a retained message away.
    package static func removal(of topic: String) -> DiscoveryMessage {
        DiscoveryMessage(topic: topic, payload: [], isRetained: true)
    }
}
