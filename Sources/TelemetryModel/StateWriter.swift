/// Appends the fields of a checkpoint: integers and doubles as eight little-endian bytes, byte strings with their length.
package struct StateWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func write(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { self.bytes.append(contentsOf: $0) }
    }

    package mutating func write(_ value: Int64) {
        self.write(UInt64(bitPattern: value))
    }

    package mutating func write(_ value: Int) {
        self.write(Int64(value))
    }

    /// Writes the exact bits, NaN included.
    package mutating func write(_ value: Double) {
        self.write(value.bitPattern)
    }

    package mutating func write(_ value: Bool) {
        self.bytes.append(value ? 1 : 0)
    }

    package mutating func write(_ value: some Collection<UInt8>) {
        self.write(value.count)
        self.bytes.append(contentsOf: value)
    }

    package mutating func write(_ values: [Double]) {
        self.write(values.count)
        for value in values { self.write(value) }
    }
}
