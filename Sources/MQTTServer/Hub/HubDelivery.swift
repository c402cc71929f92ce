package import NIOCore

/// A message to a device that it must acknowledge: cloud-to-device, QoS 1.
///
/// Source: contract iothub-mqtt section 9.
package struct HubDelivery: Sendable {
    /// What became of it.
    package enum End: Equatable, Sendable {
        /// PUBACK came.
        case acknowledged
        /// The connection ended first, or the client takes no packet of this size.
        case lost
    }

    /// With its property bag; a checked topic name.
    package var topic: String
    package var payload: ByteBuffer
    /// Called once, on the connection's event loop.
    package var ended: @Sendable (End) -> Void

    /// A message.
    package init(topic: String, payload: ByteBuffer, ended: @escaping @Sendable (End) -> Void) {
        self.topic = topic
        self.payload = payload
        self.ended = ended
    }
}
