/// Signed variable-length integers as in Kafka records: zigzag, base 128, low group first.
///
/// Source: contracts/kafka.md §4; Protocol Buffers "sint64" encoding. 0→00, -1→01, 300→d804.
package enum Varint {
    /// The most bytes one 64-bit value takes.
    package static let sizeMax = 10

    /// Bytes that `value` takes: 1 to 10.
    @inlinable
    package static func size(of value: Int) -> Int {
        let zigzag = UInt64(bitPattern: Int64(value << 1) ^ Int64(value >> 63))
        return (70 - (zigzag | 1).leadingZeroBitCount) / 7
    }

    /// Writes `value` at `target`, which has room for it, and returns the bytes written.
    @inlinable
    package static func write(_ value: Int, to target: UnsafeMutableRawPointer) -> Int {
        var zigzag = UInt64(bitPattern: Int64(value << 1) ^ Int64(value >> 63))
        var count = 0
        while zigzag >= 0x80 {
            target.storeBytes(of: UInt8(truncatingIfNeeded: zigzag) | 0x80, toByteOffset: count, as: UInt8.self)
            zigzag >>= 7
            count += 1
        }
        target.storeBytes(of: UInt8(truncatingIfNeeded: zigzag), toByteOffset: count, as: UInt8.self)
        return count + 1
    }

    /// Appends `value` to `bytes`.
    package static func append(_ value: Int, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: Varint.sizeMax, alignment: 1) { room in
            guard let base = room.baseAddress else { return }
            let count = Varint.write(value, to: base)
            bytes.append(contentsOf: room[..<count])
        }
    }

    /// Reads one value and moves `index` behind it; `nil`, with `index` unspecified, when the bytes end inside it, when
    /// it has more than ten bytes, or when it does not fit in 64 bits.
    @inlinable
    package static func read(_ bytes: UnsafeRawBufferPointer, at index: inout Int) -> Int? {
        var zigzag: UInt64 = 0
        var shift: UInt64 = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if shift == 63, byte > 1 { return nil }
            zigzag |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 {
                return Int(Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1))
            }
            shift += 7
        }
        return nil
    }
}
