/// Why a connection ended; the label `reason` of the metrics.
package enum KafkaCloseReason: String, Sendable, CaseIterable {
    // The client's doing
    /// The client closed, or the network did.
    case connectionLost
    case tlsHandshakeFailed
    /// A frame that is no request, or a request whose fields do not fit.
    case malformedRequest
    /// A length above the limit.
    case requestTooLarge
    /// A request number that is not advertised.
    case unknownRequest
    /// Something else than the handshake before authentication. Contract kafka §9.
    case notAuthenticated
    case authenticationFailed
    /// No authentication in time after accept, TLS handshake included.
    case authenticationTimeout
    /// A request that was begun and not finished in time.
    case requestTimeout
    /// An answer that was not read in time.
    case slowConsumer
    /// Nothing was asked for ten minutes.
    case idle
    /// A Produce that wants no answer, and could not be stored: this is how it is told.
    case unansweredFailure

    // The server's doing
    /// More sockets than the limit, closed at accept.
    case tooManyConnections
    /// The identity was disabled, deleted or changed.
    case administrative
    case serverShutdown
}
