/// SipHash-2-4 with 128 bits of result: a hash that nobody can aim without its key.
///
/// Source: J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", and their reference implementation.
package enum SipHash {
    /// The secret.
    package struct Key: Equatable, Sendable {
        package var low: UInt64
        package var high: UInt64

        /// A key of two halves, each as little-endian bytes.
        package init(low: UInt64, high: UInt64) {
            self.low = low
            self.high = high
        }

        /// A new one, from the system's generator.
        package static func random() -> Key {
            Key(low: .random(in: .min ... .max), high: .random(in: .min ... .max))
        }
    }

    /// Bytes 0 to 7 and 8 to 15 of the hash, little-endian.
    package static func hash(_ bytes: UnsafeRawBufferPointer, key: Key) -> (low: UInt64, high: UInt64) {
        var state = State(key)
        let whole = bytes.count & ~7
        for start in stride(from: 0, to: whole, by: 8) {
            state.take(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)))
        }
        var tail = UInt64(truncatingIfNeeded: bytes.count) << 56
        for (index, byte) in bytes[whole...].enumerated() { tail |= UInt64(byte) << UInt64(8 * index) }
        state.take(tail)
        state.v2 ^= 0xee
        for _ in 0..<4 { state.round() }
        let low = state.sum
        state.v1 ^= 0xdd
        for _ in 0..<4 { state.round() }
        return (low, state.sum)
    }

    private struct State {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        init(_ key: Key) {
            self.v0 = key.low ^ 0x736f_6d65_7073_6575
            self.v1 = key.high ^ 0x646f_7261_6e64_6f6d ^ 0xee
            self.v2 = key.low ^ 0x6c79_6765_6e65_7261
            self.v3 = key.high ^ 0x7465_6462_7974_6573
        }

        var sum: UInt64 { self.v0 ^ self.v1 ^ self.v2 ^ self.v3 }

        mutating func take(_ word: UInt64) {
            self.v3 ^= word
            self.round()
            self.round()
            self.v0 ^= word
        }

        mutating func round() {
            self.v0 &+= self.v1
            self.v1 = self.v1 << 13 | self.v1 >> 51
            self.v1 ^= self.v0
            self.v0 = self.v0 << 32 | self.v0 >> 32
            self.v2 &+= self.v3
            self.v3 = self.v3 << 16 | self.v3 >> 48
            self.v3 ^= self.v2
            self.v0 &+= self.v3
            self.v3 = self.v3 << 21 | self.v3 >> 43
            self.v3 ^= self.v0
            self.v2 &+= self.v1
            self.v1 = self.v1 << 17 | self.v1 >> 47
            self.v1 ^= self.v2
            self.v2 = self.v2 << 32 | self.v2 >> 32
        }
    }
}
