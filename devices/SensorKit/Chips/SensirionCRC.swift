/// The checksum behind every 16-bit word of Sensirion chips: polynomial 0x31, initial value 0xFF, MSB first.
///
/// Source: SHT3x-DIS data sheet section 4.12; `BE EF` gives `92`.
package enum SensirionCRC {
    package static func checksum(of bytes: some Sequence<UInt8>) -> UInt8 {
        WireCRC.mostSignificantFirst(bytes, from: 0xFF)
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
