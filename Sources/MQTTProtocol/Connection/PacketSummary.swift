package import MQTTCodec

/// What a server's connection needs to know of a packet to judge its order.
package enum PacketSummary: Equatable, Sendable {
    /// CONNECT with its Keep Alive; 0 means the client asked for none.
    case connect(keepAliveSeconds: UInt16, version: MQTTVersion = .v311)
    /// DISCONNECT: the end of the connection, without Will. [MQTT-3.14.4-3]
    case disconnect
    /// AUTH of MQTT 5: out of order, since no client is granted an authentication method. [MQTT-4.12.0-6]
    case authentication
    /// Any other packet that a client may send.
    case fromClient
    /// A packet that only a server sends.
    case fromServer
}

extension Packet {
    /// What the order of packets depends on.
    package var summary: PacketSummary {
        switch self {
        case .connect(let packet): .connect(keepAliveSeconds: packet.keepAliveSeconds, version: packet.version ?? .v311)
        case .disconnect: .disconnect
        case .publish, .puback, .pubrec, .pubrel, .pubcomp, .subscribe, .unsubscribe, .pingreq: .fromClient
        case .auth: .authentication
        case .connack, .suback, .unsuback, .pingresp: .fromServer
        }
    }
}
