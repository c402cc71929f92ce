package import NIOCore

/// One MQTT 3.1.1 control packet, either direction. Spec: MQTT 3.1.1 §3.
package enum Packet: Equatable, Sendable {
    /// Boxed, since it is large, rare and would make every PUBLISH as large.
    indirect case connect(ConnectPacket)
    case connack(ConnackPacket)
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
    case disconnect

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
        }
    }

    /// Reads the body of any packet but PUBLISH, which ``PacketDecoder`` reads in place.
    init(header: FixedHeader, body: ByteBuffer) throws(PacketError) {
        var fields = PacketFields(body: body, header: header)
        switch header.type {
        case .connect: self = .connect(try ConnectPacket(&fields))
        case .connack: self = .connack(try ConnackPacket(&fields))
        case .publish: preconditionFailure("PUBLISH is read by PublishPacket.init(header:peeking:)")
        case .puback: self = .puback(try PubackPacket(&fields))
        case .pubrec: self = .pubrec(try PubrecPacket(&fields))
        case .pubrel: self = .pubrel(try PubrelPacket(&fields))
        case .pubcomp: self = .pubcomp(try PubcompPacket(&fields))
        case .subscribe: self = .subscribe(try SubscribePacket(&fields))
        case .suback: self = .suback(try SubackPacket(&fields))
        case .unsubscribe: self = .unsubscribe(try UnsubscribePacket(&fields))
        case .unsuback: self = .unsuback(try UnsubackPacket(&fields))
        case .pingreq: self = .pingreq
        case .pingresp: self = .pingresp
        case .disconnect: self = .disconnect
        }
        try fields.finish()
    }

    /// Writes the packet; throws when a field is longer than the format allows, and then leaves the buffer as it was.
    package func encode(into buffer: inout ByteBuffer) throws(PacketError) {
        let start = buffer.writerIndex
        do throws(PacketError) {
            switch self {
            case .connect(let packet): try packet.encode(into: &buffer)
            case .connack(let packet): packet.encode(into: &buffer)
            case .publish(let packet): try packet.encode(into: &buffer)
            case .puback(let packet): packet.encode(into: &buffer)
            case .pubrec(let packet): packet.encode(into: &buffer)
            case .pubrel(let packet): packet.encode(into: &buffer)
            case .pubcomp(let packet): packet.encode(into: &buffer)
            case .subscribe(let packet): try packet.encode(into: &buffer)
            case .suback(let packet): try packet.encode(into: &buffer)
            case .unsubscribe(let packet): try packet.encode(into: &buffer)
            case .unsuback(let packet): packet.encode(into: &buffer)
            case .pingreq: buffer.writeEmptyPacket(.pingreq)
            case .pingresp: buffer.writeEmptyPacket(.pingresp)
            case .disconnect: buffer.writeEmptyPacket(.disconnect)
            }
        } catch {
            buffer.moveWriterIndex(to: start)
            throw error
        }
    }
}
