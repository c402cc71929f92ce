/// Writes numbers without sign, seven bits to a byte, the low ones first: the form of everything the journal packs.
struct PackedWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ byte: UInt8) {
        self.bytes.append(byte)
    }

    mutating func write(packed number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            self.bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        self.bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func write(packed number: Int64) {
        self.write(packed: UInt64(bitPattern: number))
    }

    /// Two bytes, the high one first.
    mutating func write(packetID: UInt16) {
        self.bytes.append(UInt8(packetID >> 8))
        self.bytes.append(UInt8(truncatingIfNeeded: packetID))
    }

    /// A length and the bytes.
    mutating func write(counted bytes: some Collection<UInt8>) {
        self.write(packed: UInt64(bytes.count))
        self.bytes.append(contentsOf: bytes)
    }
}

/// Reads what ``PackedWriter`` wrote; whatever the bytes are, it answers with a value or `nil`.
struct PackedReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { self.index == self.bytes.count }

    /// Bytes that are left: no count of things can be larger.
    var left: Int { self.bytes.count - self.index }

    mutating func byte() -> UInt8? {
        guard self.index < self.bytes.count else { return nil }
        defer { self.index += 1 }
        return self.bytes[self.index]
    }

    mutating func packed() -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = self.byte() {
            if shift == 63, byte > 1 { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }

    /// A number that is not negative.
    mutating func packedSigned() -> Int64? {
        self.packed().flatMap { Int64(exactly: $0) }
    }

    mutating func packetID() -> UInt16? {
        guard let high = self.byte(), let low = self.byte() else { return nil }
        return UInt16(high) << 8 | UInt16(low)
    }

    mutating func counted() -> ArraySlice<UInt8>? {
        guard let count = self.packed(), count <= UInt64(self.left) else { return nil }
        defer { self.index += Int(count) }
        return self.bytes[self.index..<(self.index + Int(count))]
    }
}
