package import NIOCore

/// One QoS 1 message of a device, kept until the gateway has acknowledged it.
package struct OutgoingMessage: Equatable, Sendable {
    /// The sender's own number for it, given back with the acknowledgement.
    package var number: Int
    package var payload: ByteBuffer

    /// A message.
    package init(number: Int, payload: ByteBuffer) {
        self.number = number
        self.payload = payload
    }
}
