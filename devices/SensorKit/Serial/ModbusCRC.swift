/// The checksum at the end of a Modbus RTU frame: polynomial 0x8005 reflected, initial value 0xFFFF.
///
/// Source: Modbus over Serial Line specification V1.02, section 6.2.2; `01 04 00 01 00 02` gives 0x0B20.
package enum ModbusCRC {
    package static func checksum(of bytes: some Sequence<UInt8>) -> UInt16 {
        var crc: UInt16 = 0xFFFF
        for byte in bytes {
            crc ^= UInt16(byte)
            for _ in 0..<8 {
                crc = crc & 1 != 0 ? crc >> 1 ^ 0xA001 : crc >> 1
            }
        }
        return crc
    }

    /// Whether the last two bytes are the checksum of those before, low byte first as on the wire.
    package static func isGood(_ frame: ArraySlice<UInt8>) -> Bool {
        guard frame.count > 2 else { return false }
        let crc = self.checksum(of: frame.dropLast(2))
        return frame[frame.endIndex - 2] == UInt8(crc & 0xFF) && frame[frame.endIndex - 1] == UInt8(crc >> 8)
    }
}
