package import NIOCore

/// What the owner of a connection has to do, in order.
package enum AMQPEffect: Equatable, Sendable {
    /// Write these bytes.
    case send(ByteBuffer)
    /// Find out whether the token opens the hub to a service; answer with ``AMQPConnection/tokenChecked(_:_:at:)``.
    case verify(AMQPTokenCheck)
    /// Store the message; answer with ``AMQPConnection/messageDone(_:_:at:)``. Messages to one device are to be stored
    /// in the order of these effects.
    case deliver(AMQPDeliveryID, CloudToDeviceMessage)
    /// Close the socket when what was sent is written. Nothing follows.
    case close(AMQPCloseReason)
}
