package import NIOCore

/// PUBREC: the first answer to a PUBLISH of QoS 2. Spec: MQTT 3.1.1 §3.5.
package struct PubrecPacket: Equatable, Sendable {
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
        buffer.writeShortPacket(.pubrec, self.packetID)
    }
}
