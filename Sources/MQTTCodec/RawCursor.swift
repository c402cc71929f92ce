import NIOCore

/// Writes fields one after the other into memory whose size was reckoned before; writing past its end traps.
struct RawCursor {
    private let bytes: UnsafeMutableRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeMutableRawBufferPointer) {
        self.bytes = bytes
    }

    /// Bytes of a variable byte integer; five say that it is too long to be one.
    static func variableByteCount(_ value: Int) -> Int {
        switch value {
        case ..<0x80: 1
        case ..<0x4000: 2
        case ..<0x20_0000: 3
        case ..<0x1000_0000: 4
        default: 5
        }
    }

    mutating func write<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        self.bytes.storeBytes(of: value.bigEndian, toByteOffset: self.position, as: Value.self)
        self.position += MemoryLayout<Value>.size
    }

    mutating func write(variableByteInteger value: Int) {
        var rest = value
        while rest > 0x7F {
            self.write(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        self.write(UInt8(truncatingIfNeeded: rest))
    }

    mutating func write(_ field: ByteBuffer) {
        let start = self.position
        let count = field.readableBytes
        guard count > 0 else { return }
        let target = UnsafeMutableRawBufferPointer(rebasing: self.bytes[start..<start + count])
        field.withUnsafeReadableBytes { target.copyMemory(from: $0) }
        self.position += count
    }
}
