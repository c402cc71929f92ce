package import NIOCore

/// Takes over the connections that became WebSockets; implemented where the API and the MQTT server meet.
package protocol WebSocketAccepting: Sendable {
    /// Goes on with a connection whose upgrade was answered.
    ///
    /// Called on the channel's event loop. The pipeline holds TLS, when there is any, and the handler that calls:
    /// what is added to its end sees every byte the client sent behind its request, once this returns. The channel
    /// may be closed in here.
    ///
    /// - Parameters:
    ///   - channel: the connection; no longer the API's.
    ///   - service: what the client speaks.
    ///   - isTLS: whether it came over TLS.
    ///   - remoteAddress: `192.0.2.1:49152`, for logs.
    ///   - clientCertificates: what the client showed in the handshake, DER, leaf first, unverified; empty for none.
    func adopt(
        _ channel: any Channel,
        for service: WebSocketService,
        isTLS: Bool,
        remoteAddress: String,
        clientCertificates: [[UInt8]]
    )
}
