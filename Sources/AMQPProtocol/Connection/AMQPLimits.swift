/// Bounds of one connection. The numbers are the defaults.
package struct AMQPLimits: Equatable, Sendable {
    /// Bytes of the largest frame taken; advertised.
    package var frameBytesMax = 64 << 10
    /// The same before the connection is open. AMQP asks for 512 at least.
    package var handshakeFrameBytesMax = 4 << 10
    /// Sessions at once; advertised as channel-max.
    package var sessionsMax = 2
    /// Links of a session at once, handles 0 to one less; advertised as handle-max.
    package var linksMax = 8
    /// Links of a connection that take cloud-to-device messages.
    package var messageLinksMax = 4
    /// Transfer frames that a session may send before it is granted more.
    package var windowFrames: UInt32 = 5_000
    /// Messages of a link that are granted and not settled, at most.
    package var creditMax = 100
    /// Bytes of a message as encoded: its body of 64 KB, and what stands around it. Advertised.
    package var messageBytesMax = CloudToDeviceMessage.bodyBytesMax + 2 * CloudToDeviceMessage.propertyBytesMax
    /// Bytes of messages that are not settled; at the bound ``AMQPConnection/mayRead`` says no.
    package var unsettledBytesMax = 256 << 10
    /// Bytes of a request to `$cbs` as encoded.
    package var tokenBytesMax = 16 << 10
    /// Requests to `$cbs` that are being checked, or whose answer waits for credit.
    package var tokenChecksMax = 8
    /// Tokens of a connection that are refused before it is closed. The Python client tries four times.
    package var refusedTokensMax = 16
    /// How long a connection may be without a valid token, from accept or from the end of the last one.
    package var authenticationTimeout = Duration.seconds(30)
    /// How long the client may be silent; advertised as idle-time-out. Contract iothub-rest §6.
    package var idleTimeout = Duration.milliseconds(240_000)
    /// The shortest idle-time-out of a client that is kept up with.
    package var peerIdleTimeoutMin = Duration.seconds(4)
    /// How long a client may take to answer our close. The Python client reads nothing between its calls, and a stop of
    /// the gateway waits for it.
    package var closeTimeout = Duration.seconds(1)

    /// The defaults.
    package init() {}
}
