/// Why a connection ended; the label `reason` of the metrics.
package enum AMQPCloseReason: String, CaseIterable, Sendable {
    // The client's doing
    /// It closed as AMQP asks for.
    case clientClosed
    /// It closed the socket, or the network did.
    case connectionLost
    case tlsHandshakeFailed
    /// The stream does not begin as AMQP with SASL does.
    case wrongProtocol
    /// It wants another SASL mechanism than MSSBCBS.
    case mechanismRefused
    /// Bytes that are no frame, or values that are not AMQP.
    case malformed
    /// Frames in the wrong order, over a limit, or of an extension that was not agreed on.
    case notAllowed
    /// Too many wrong tokens.
    case tokensRefused
    /// No valid token in time after accept, or after the last one ended.
    case authenticationTimeout
    /// Silence for longer than the idle time-out.
    case idle
    /// What was sent to it was not read in time.
    case slowConsumer

    // The server's doing
    /// More sockets than the limit, closed at accept.
    case tooManyConnections
    /// The policy was changed.
    case administrative
    case serverShutdown
}
