/// Why a connection ended; the label `reason` of the metrics and the reason in lifecycle records.
package enum CloseReason: String, Sendable, CaseIterable {
    // The client's doing
    /// DISCONNECT: the Will is dropped.
    case disconnect
    /// The network connection ended without DISCONNECT.
    case connectionLost
    /// Silence of 1.5 × Keep Alive. [MQTT-3.1.2-24]
    case keepAliveTimeout
    /// No CONNECT in time after accept: nothing sent, or a TLS handshake that stays half open.
    case connectTimeout
    case tlsHandshakeFailed
    /// The first packet is not CONNECT. [MQTT-3.1.0-1]
    case connectMissing
    /// [MQTT-3.1.0-2]
    case secondConnect
    case malformedPacket
    case packetTooLarge
    /// A packet that can be read and says what the protocol forbids. MQTT 5.0 §1.2
    case protocolError
    /// A packet that only a server sends, or that the version does not have.
    case unexpectedPacket
    /// More PUBLISH packets of QoS 1 and 2 at once than the server takes. [MQTT-3.3.4-7]
    case receiveMaximumExceeded
    /// A topic alias that is 0, too high or unknown. [MQTT-3.3.2-8]
    case topicAliasInvalid
    /// PUBLISH to a topic that is not the principal's.
    case topicNotAllowed
    /// PUBLISH to a hub topic of a server without a hub.
    case notSupported
    /// QoS 2 to a hub topic.
    case qosNotSupported
    /// Payload and properties over the message limit.
    case messageTooLarge
    /// The property bag is not percent-encoded UTF-8.
    case malformedProperties
    /// The client does not read: the bound in bytes or in time was passed.
    case slowConsumer
    /// More arrived than fits while the server was not reading.
    case inputOverflow
    /// Frames that are not a WebSocket's, or hold text.
    case webSocketFault

    // The server's doing
    /// CONNACK with a code other than 0 was sent; counted by code, too.
    case refused
    /// More sockets than the limit, closed at accept.
    case tooManyConnections
    /// The turn of a new connection did not come in time.
    case admissionTimeout
    /// A newer connection of the same client. [MQTT-3.1.4-3]
    case takenOver
    /// The credentials' life ended.
    case credentialsExpired
    /// The identity was disabled, deleted or changed.
    case administrative
    /// The log took nothing: what waited for it is not acknowledged.
    case logUnavailable
    /// Subscriptions could not be saved.
    case sessionStoreFailed
    case serverShutdown

    /// Whether the client may still read what was written for it, such as the CONNACK before its broken packet.
    var leavesAReader: Bool {
        switch self {
        case .connectionLost, .slowConsumer, .inputOverflow, .tlsHandshakeFailed: false
        default: true
        }
    }

    /// Whether the Will is published: not when the server stops, which says nothing about the client. DISCONNECT says
    /// itself. [MQTT-3.14.4-3]
    var publishesWill: Bool { self != .disconnect && self != .serverShutdown }
}
