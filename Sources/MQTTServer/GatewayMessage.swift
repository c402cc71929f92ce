package import NIOCore

/// A message that the gateway itself publishes on an ordinary topic.
package struct GatewayMessage: Equatable, Sendable {
    /// A checked topic name.
    package var topic: String
    package var payload: ByteBuffer
    /// Whether it becomes its topic's retained message, or with an empty payload ends one.
    package var isRetained: Bool

    /// A message.
    package init(topic: String, payload: ByteBuffer, isRetained: Bool = false) {
        self.topic = topic
        self.payload = payload
        self.isRetained = isRetained
    }
}
