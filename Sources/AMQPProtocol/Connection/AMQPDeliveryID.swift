/// A message of one connection that is not settled yet.
package struct AMQPDeliveryID: Hashable, Sendable {
    /// Counts the connection's messages from 0.
    package let number: UInt64
}
