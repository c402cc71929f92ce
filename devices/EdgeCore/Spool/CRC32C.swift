/// The Castagnoli checksum, reflected polynomial 0x82F63B78, as iSCSI and ext4 use it.
///
/// Source: RFC 3720 section B.4 (test vectors).
package enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    /// The checksum of some bytes of an array; the range lies within it.
    package static func of(_ bytes: [UInt8], in range: Range<Int>) -> UInt32 {
        self.table.withUnsafeBufferPointer { table in
            bytes.withUnsafeBufferPointer { bytes in
                var value = UInt32.max
                for index in range { value = value >> 8 ^ table[Int((value ^ UInt32(bytes[index])) & 0xFF)] }
                return ~value
            }
        }
    }
}
