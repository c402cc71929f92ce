import NIOCore

extension ByteBuffer {
    /// Writes type, flags and Remaining Length.
    mutating func writeFixedHeader(firstByte: UInt8, remainingLength: Int) throws(PacketError) {
        guard remainingLength <= FixedHeader.remainingLengthMax else {
            throw PacketError(.fieldTooLong(bytes: remainingLength), at: 0)
        }
        self.writeInteger(firstByte)
        self.writeVariableByteInteger(remainingLength)
    }

    /// Writes 0 to 268435455 in the fewest bytes, one to four. [MQTT-1.5.5-1]
    mutating func writeVariableByteInteger(_ value: Int) {
        var rest = value
        repeat {
            let low = UInt8(truncatingIfNeeded: rest & 0x7F)
            rest >>= 7
            self.writeInteger(rest == 0 ? low : low | 0x80)
        } while rest != 0
    }

    /// Writes a list of properties after its length.
    mutating func writeProperties(_ writer: PropertyWriter) {
        self.writeVariableByteInteger(writer.bytes.readableBytes)
        self.writeImmutableBuffer(writer.bytes)
    }

    /// Writes a packet around its body.
    mutating func writePacket(_ type: PacketType, body: ByteBuffer) throws(PacketError) {
        try self.writeFixedHeader(firstByte: type.firstByte, remainingLength: body.readableBytes)
        self.writeImmutableBuffer(body)
    }

    /// Writes a packet of four bytes whose only field is a packet identifier or two bytes.
    mutating func writeShortPacket(_ type: PacketType, _ field: UInt16) {
        self.writeInteger(UInt32(type.firstByte) << 24 | 0x02 << 16 | UInt32(field))
    }

    /// Writes a packet without fields.
    mutating func writeEmptyPacket(_ type: PacketType) {
        self.writeInteger(UInt16(type.firstByte) << 8)
    }

    /// Writes a string after its length.
    mutating func writePacketString(_ text: String) throws(PacketError) {
        try self.writeFieldLength(text.utf8.count)
        self.writeString(text)
    }

    /// Writes bytes after their length.
    mutating func writePacketBinary(_ bytes: ByteBuffer) throws(PacketError) {
        try self.writeFieldLength(bytes.readableBytes)
        self.writeImmutableBuffer(bytes)
    }

    private mutating func writeFieldLength(_ count: Int) throws(PacketError) {
        guard let length = UInt16(exactly: count) else { throw PacketError(.fieldTooLong(bytes: count), at: 0) }
        self.writeInteger(length)
    }
}
