package import NIOCore

/// UNSUBACK: the answer to UNSUBSCRIBE. Spec: MQTT 3.1.1 §3.11.
package struct UnsubackPacket: Equatable, Sendable {
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
        buffer.writeShortPacket(.unsuback, self.packetID)
    }
}
