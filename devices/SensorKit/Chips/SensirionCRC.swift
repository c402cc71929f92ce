/// The checksum behind every 16-bit word of Sensirion chips: polynomial 0x31, initial value 0xFF, MSB first.
///
/// Source: SHT3x-DIS data sheet section 4.12; `BE EF` gives `92`.
package enum SensirionCRC {
    package static func checksum(of bytes: some Sequence<UInt8>) -> UInt8 {
        var crc: UInt8 = 0xFF
        for byte in bytes {
            crc ^= byte
            for _ in 0..<8 {
                crc = crc & 0x80 != 0 ? crc << 1 ^ 0x31 : crc << 1
            }
        }
        return crc
    }

    /// The words of `msb lsb crc` groups.
    ///
    /// - Parameter bytes: a multiple of three bytes.
    /// - Returns: the words; `nil` when a checksum is wrong or bytes are missing, for then none of them can be trusted.
    package static func words(in bytes: [UInt8]) -> [UInt16]? {
        guard bytes.count % 3 == 0, !bytes.isEmpty else { return nil }
        var words: [UInt16] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            guard SensirionCRC.checksum(of: bytes[start..<start + 2]) == bytes[start + 2] else { return nil }
            words.append(UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1]))
        }
        return words
    }
}
