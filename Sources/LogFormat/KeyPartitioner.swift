/// The stable hash that gives a key its partition: murmur2 as every Kafka client computes it.
///
/// Never change it: a device's records keep their order only as long as its partition stays the same.
/// Source: contracts/kafka.md §7; Austin Appleby, MurmurHash2, seed 9747b28c.
package enum KeyPartitioner {
    /// The partition of `key` among `partitionCount` (at least 1).
    package static func partition(of key: some Collection<UInt8>, partitionCount: Int) -> Int {
        precondition(partitionCount > 0, "a topic has at least one partition")
        return Int(KeyPartitioner.hash(key) & 0x7fff_ffff) % partitionCount
    }

    /// MurmurHash2, 32 bits: "a" → a2d0b27c, "" → 106e08d9.
    package static func hash(_ key: some Collection<UInt8>) -> UInt32 {
        let direct = key.withContiguousStorageIfAvailable { KeyPartitioner.hash(UnsafeRawBufferPointer($0)) }
        return direct ?? Array(key).withUnsafeBytes { KeyPartitioner.hash($0) }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let mix: UInt32 = 0x5bd1_e995
        var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
        var index = 0
        while bytes.count - index >= 4 {
            var word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            word = word &* mix
            word ^= word >> 24
            word = word &* mix
            hash = (hash &* mix) ^ word
            index += 4
        }
        let rest = bytes.count - index
        if rest >= 3 { hash ^= UInt32(bytes[index + 2]) << 16 }
        if rest >= 2 { hash ^= UInt32(bytes[index + 1]) << 8 }
        if rest >= 1 {
            hash ^= UInt32(bytes[index])
            hash = hash &* mix
        }
        hash ^= hash >> 13
        hash = hash &* mix
        hash ^= hash >> 15
        return hash
    }
}
