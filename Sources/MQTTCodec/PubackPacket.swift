package import NIOCore

/// PUBACK: the answer to a PUBLISH of QoS 1. Spec: MQTT 3.1.1 §3.4.
package struct PubackPacket: Equatable, Sendable {
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
        buffer.writeShortPacket(.puback, self.packetID)
    }

    /// Writes a packet for each identifier, room made once.
    package static func encode(_ packetIDs: UnsafeBufferPointer<UInt16>, into buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 4 * packetIDs.count) { bytes in
            for (number, packetID) in packetIDs.enumerated() {
                let packet = UInt32(PacketType.puback.firstByte) << 24 | 0x02 << 16 | UInt32(packetID)
                bytes.storeBytes(of: packet.bigEndian, toByteOffset: 4 * number, as: UInt32.self)
            }
            return 4 * packetIDs.count
        }
    }
}
