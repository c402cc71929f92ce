package import NIOCore

/// One MQTT control packet, either direction. Spec: MQTT 5.0 §3.
///
/// What is larger than PUBLISH is boxed, since it is rare and would make every packet as large.
package enum Packet: Equatable, Sendable {
    indirect case connect(ConnectPacket)
    indirect case connack(ConnackPacket)
    case publish(PublishPacket)
    case puback(PubackPacket)
    case pubrec(PubrecPacket)
    case pubrel(PubrelPacket)
    case pubcomp(PubcompPacket)
    case subscribe(SubscribePacket)
    case suback(SubackPacket)
    case unsubscribe(UnsubscribePacket)
    case unsuback(UnsubackPacket)
    case pingreq
    case pingresp
    indirect case disconnect(DisconnectPacket = DisconnectPacket())
    /// MQTT 5 only; encoding it for 3.1.1 is a fault of the program.
    indirect case auth(AuthPacket)

    package var type: PacketType {
        switch self {
        case .connect: .connect
        case .connack: .connack
        case .publish: .publish
        case .puback: .puback
        case .pubrec: .pubrec
        case .pubrel: .pubrel
        case .pubcomp: .pubcomp
        case .subscribe: .subscribe
        case .suback: .suback
        case .unsubscribe: .unsubscribe
        case .unsuback: .unsuback
        case .pingreq: .pingreq
        case .pingresp: .pingresp
        case .disconnect: .disconnect
        case .auth: .auth
        }
    }

    /// Reads the body of any packet but PUBLISH, which ``PacketDecoder`` reads in place, see ``PublishLayout``.
    init(
        header: FixedHeader,
        body: ByteBuffer,
        version: MQTTVersion,
        sender: PacketSender?
    ) throws(PacketError) {
        var fields = PacketFields(body: body, end: header.packetSize, version: version, sender: sender)
        switch header.type {
        case .connect: self = .connect(try ConnectPacket(&fields))
        case .connack: self = .connack(try ConnackPacket(&fields))
        case .publish: preconditionFailure("PUBLISH is read by way of PublishLayout")
        case .puback: self = .puback(try PubackPacket(&fields, owner: .puback))
        case .pubrec: self = .pubrec(try PubrecPacket(&fields, owner: .pubrec))
        case .pubrel: self = .pubrel(try PubrelPacket(&fields, owner: .pubrel))
        case .pubcomp: self = .pubcomp(try PubcompPacket(&fields, owner: .pubcomp))
        case .subscribe: self = .subscribe(try SubscribePacket(&fields))
        case .suback: self = .suback(try SubackPacket(&fields))
        case .unsubscribe: self = .unsubscribe(try UnsubscribePacket(&fields))
        case .unsuback: self = .unsuback(try UnsubackPacket(&fields))
        case .pingreq: self = .pingreq
        case .pingresp: self = .pingresp
        case .disconnect: self = .disconnect(try DisconnectPacket(&fields))
        case .auth: self = .auth(try AuthPacket(&fields))
        }
        try fields.finish()
    }

    /// Writes the packet; throws when a field is longer than the format allows, and then leaves the buffer as it was.
    ///
    /// CONNECT says its own version.
    package func encode(into buffer: inout ByteBuffer, version: MQTTVersion = .v311) throws(PacketError) {
        switch self {
        case .connect(let packet): try packet.encode(into: &buffer)
        case .connack(let packet): try packet.encode(into: &buffer, version: version)
        case .publish(let packet): try packet.encode(into: &buffer, version: version)
        case .puback(let packet): try packet.encode(into: &buffer, version: version)
        case .pubrec(let packet): try packet.encode(into: &buffer, version: version)
        case .pubrel(let packet): try packet.encode(into: &buffer, version: version)
        case .pubcomp(let packet): try packet.encode(into: &buffer, version: version)
        case .subscribe(let packet): try packet.encode(into: &buffer, version: version)
        case .suback(let packet): try packet.encode(into: &buffer, version: version)
        case .unsubscribe(let packet): try packet.encode(into: &buffer, version: version)
        case .unsuback(let packet): try packet.encode(into: &buffer, version: version)
        case .pingreq: buffer.writeEmptyPacket(.pingreq)
        case .pingresp: buffer.writeEmptyPacket(.pingresp)
        case .disconnect(let packet): try packet.encode(into: &buffer, version: version)
        case .auth(let packet):
            precondition(version == .v5, "AUTH is a packet of MQTT 5 only")
            try packet.encode(into: &buffer)
        }
    }
}
