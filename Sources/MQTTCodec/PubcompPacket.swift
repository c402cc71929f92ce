package import NIOCore

/// PUBCOMP: the last packet of a QoS 2 exchange. Spec: MQTT 3.1.1 §3.7.
package struct PubcompPacket: Equatable, Sendable {
    package var packetID: UInt16

    /// An answer to the packet with this identifier, not 0.
    package init(packetID: UInt16) {
        self.packetID = packetID
    }

    init(_ fields: inout PacketFields) throws(PacketError) {
        self.init(packetID: try fields.packetID())
    }

    /// Writes the packet, four bytes.
    package func encode(into buffer: inout ByteBuffer) {
        buffer.writeShortPacket(.pubcomp, self.packetID)
    }
}
