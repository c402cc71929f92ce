package import NIOCore

/// PUBACK: the answer to a PUBLISH of QoS 1. Spec: MQTT 5.0 §3.4.
package struct PubackPacket: AcknowledgementPacket {
    package static let type = PacketType.puback

    package var packetID: UInt16
    package var reason: ReasonCode
    package var properties: AnswerProperties?

    /// An answer to the packet with this identifier, not 0.
    package init(packetID: UInt16, reason: ReasonCode = .success, properties: AnswerProperties? = nil) {
        self.packetID = packetID
        self.reason = reason
        self.properties = properties
    }
}

extension PubackPacket {
    /// Bytes of a success without properties, the same in both versions.
    package static let successSize = 4

    /// Writes a success for each identifier into memory of ``successSize`` bytes for each.
    package static func encode(_ packetIDs: UnsafeBufferPointer<UInt16>, into bytes: UnsafeMutableRawBufferPointer) {
        for (number, packetID) in packetIDs.enumerated() {
            let packet = UInt32(PacketType.puback.firstByte) << 24 | 0x02 << 16 | UInt32(packetID)
            bytes.storeBytes(of: packet.bigEndian, toByteOffset: PubackPacket.successSize * number, as: UInt32.self)
        }
    }

    /// Writes a success for each identifier, room made once.
    package static func encode(_ packetIDs: UnsafeBufferPointer<UInt16>, into buffer: inout ByteBuffer) {
        let size = PubackPacket.successSize * packetIDs.count
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { bytes in
            PubackPacket.encode(packetIDs, into: bytes)
            return size
        }
    }
}
