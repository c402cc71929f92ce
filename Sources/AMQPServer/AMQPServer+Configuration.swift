package import AMQPProtocol

extension AMQPServer {
    /// Address and bounds of the endpoint. The numbers are the defaults.
    package struct Configuration: Sendable {
        /// Where TLS clients connect; `nil` = off. WebSockets are taken just the same.
        package var listener: (host: String, port: Int)?
        /// What `open` answers as the container's id: the hub's name.
        package var containerID: String
        /// Connections at once, WebSockets included; more are closed at accept. Each holds at most about 1 MB, and
        /// before it has a valid token about 200 KB.
        package var connectionsMax = 100
        /// Bounds of each connection.
        package var limits = AMQPLimits()
        /// Bytes of the largest WebSocket frame taken: an AMQP frame and a header of one.
        package var webSocketFrameBytesMax = 128 << 10
        /// How long the answer to a wrong token waits.
        package var refusalDelay = Duration.milliseconds(500)
        /// How long a client may leave what was sent to it unread before it is closed.
        package var unreadTimeout = Duration.seconds(30)
        /// How long a stop waits for messages in work.
        package var drainTimeout = Duration.seconds(5)

        /// A configuration.
        package init(containerID: String, listener: (host: String, port: Int)? = nil) {
            self.containerID = containerID
            self.listener = listener
        }
    }
}
