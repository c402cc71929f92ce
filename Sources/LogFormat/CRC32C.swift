internal import CChecksum

/// CRC-32C (Castagnoli), the checksum of Kafka batches, of stored frames and of every header on disk.
///
/// Source: RFC 3720 appendix B.4. Check value: "123456789" → e3069283.
package enum CRC32C {
    /// The sum of `bytes`, continued from `crc`, the sum of what stands before them (0 at the start).
    package static func checksum(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        guard let base = bytes.baseAddress else { return crc }
        return weir_crc32c(crc, base, bytes.count)
    }

    /// The sum of an array.
    package static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { CRC32C.checksum($0) }
    }

    /// The same sum by tables only, whatever the processor can do: the tests compare both ways.
    package static func portableChecksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return 0 }
            return weir_crc32c_portable(0, base, raw.count)
        }
    }
}
