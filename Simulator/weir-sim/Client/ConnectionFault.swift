/// Why a connection was lost or not made. The client tries again after each of these.
package enum ConnectionFault: Hashable, Sendable {
    /// TCP or TLS: refused, reset, timed out, certificate not trusted.
    case transport(String)
    /// The gateway closed the connection.
    case closedByGateway
    /// CONNACK 3.
    case unavailable
    /// No CONNACK within ``FleetClient/Settings/connectTimeout``.
    case noAnswer
    /// No PINGRESP within the keep-alive time.
    case silent
    /// Bytes that are no MQTT packet, or a packet that a server may not send.
    case protocolError(String)
}

extension ConnectionFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .transport(let reason): reason
        case .closedByGateway: "the gateway closed the connection"
        case .unavailable: "the gateway is not ready (CONNACK 3)"
        case .noAnswer: "the gateway did not answer CONNECT"
        case .silent: "the gateway did not answer PINGREQ"
        case .protocolError(let what): "the gateway sent no valid MQTT: \(what)"
        }
    }
}
