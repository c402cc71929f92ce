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
    /// A packet that only a server sends, or the QoS 2 flow that hub topics do not have.
    case unexpectedPacket
    /// PUBLISH to a topic that is not the identity's.
    case topicNotAllowed
    /// PUBLISH to a hub topic that this gateway does not serve yet.
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

    // The server's doing
    /// CONNACK with a code other than 0 was sent; counted by code, too.
    case refused
    /// More sockets than the limit, closed at accept.
    case tooManyConnections
    /// A newer connection of the same identity. [MQTT-3.1.4-2]
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

    /// Whether the Will becomes telemetry: not after DISCONNECT [MQTT-3.14.4-3], and not when the server stops, which
    /// says nothing about the device.
    var publishesWill: Bool { self != .disconnect && self != .serverShutdown }
}
