/// What carries a connection's packets.
package enum Transport: String, Sendable, CaseIterable {
    case tcp
    case tls
    /// Binary frames of a WebSocket, over TLS or not.
    case webSocket
}
