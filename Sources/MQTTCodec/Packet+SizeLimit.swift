package import NIOCore

extension Packet {
    /// Writes the packet if it is no larger than the receiver takes, otherwise without what is only for people.
    ///
    /// Returns false and writes nothing when it is still too large: then it may not be sent.
    /// [MQTT-3.1.2-24] [MQTT-3.2.2-19] [MQTT-3.2.2-20] [MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.14.2-3]
    package func encode(
        into buffer: inout ByteBuffer,
        version: MQTTVersion,
        packetSizeMax: Int
    ) throws(PacketError) -> Bool {
        let start = buffer.writerIndex
        try self.encode(into: &buffer, version: version)
        if buffer.writerIndex - start <= packetSizeMax { return true }
        buffer.moveWriterIndex(to: start)
        guard let shorter = self.withoutDiagnostics else { return false }
        try shorter.encode(into: &buffer, version: version)
        if buffer.writerIndex - start <= packetSizeMax { return true }
        buffer.moveWriterIndex(to: start)
        return false
    }

    /// The packet without reason string and user properties; `nil` when it has none, or may not lose them.
    ///
    /// All that a client gets but PUBLISH, CONNACK and DISCONNECT when it asked for no problem information.
    /// [MQTT-3.1.2-29]
    package var withoutDiagnostics: Packet? {
        switch self {
        case .connack(var packet):
            guard packet.properties?.reasonString != nil || packet.properties?.userProperties.isEmpty == false else {
                return nil
            }
            packet.properties?.reasonString = nil
            packet.properties?.userProperties = []
            return .connack(packet)
        case .puback(let packet): return packet.withoutProperties.map { .puback($0) }
        case .pubrec(let packet): return packet.withoutProperties.map { .pubrec($0) }
        case .pubrel(let packet): return packet.withoutProperties.map { .pubrel($0) }
        case .pubcomp(let packet): return packet.withoutProperties.map { .pubcomp($0) }
        case .suback(var packet):
            guard packet.properties != nil else { return nil }
            packet.properties = nil
            return .suback(packet)
        case .unsuback(var packet):
            guard packet.properties != nil else { return nil }
            packet.properties = nil
            return .unsuback(packet)
        case .disconnect(var packet):
            guard packet.reasonString != nil || !packet.userProperties.isEmpty else { return nil }
            packet.reasonString = nil
            packet.userProperties = []
            return .disconnect(packet)
        case .auth(var packet):
            guard packet.reasonString != nil || !packet.userProperties.isEmpty else { return nil }
            packet.reasonString = nil
            packet.userProperties = []
            return .auth(packet)
        case .connect, .publish, .subscribe, .unsubscribe, .pingreq, .pingresp: return nil
        }
    }
}

extension AcknowledgementPacket {
    fileprivate var withoutProperties: Self? {
        self.properties == nil ? nil : Self(packetID: self.packetID, reason: self.reason, properties: nil)
    }
}
