/// Reads what ``StateWriter`` wrote, from bytes that a file may have changed: it throws and never traps.
package struct StateReader: Sendable {
    /// The bytes end too early, or a field has a value that was never written.
    package struct Fault: Error, Equatable, Sendable {
        /// Bytes from the start.
        package var offset: Int

        package init(offset: Int) {
            self.offset = offset
        }
    }

    private let bytes: [UInt8]
    /// Bytes read so far.
    package private(set) var offset = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var isAtEnd: Bool { self.offset == self.bytes.count }

    package mutating func readUInt64() throws(Fault) -> UInt64 {
        guard self.bytes.count - self.offset >= 8 else { throw self.fault }
        let value = self.bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: self.offset, as: UInt64.self) }
        self.offset += 8
        return UInt64(littleEndian: value)
    }

    package mutating func readInt64() throws(Fault) -> Int64 {
        Int64(bitPattern: try self.readUInt64())
    }

    package mutating func readDouble() throws(Fault) -> Double {
        Double(bitPattern: try self.readUInt64())
    }

    package mutating func readBool() throws(Fault) -> Bool {
        guard self.offset < self.bytes.count, self.bytes[self.offset] <= 1 else { throw self.fault }
        self.offset += 1
        return self.bytes[self.offset - 1] == 1
    }

    /// Reads a number of things, none smaller than `size` bytes each: more than the rest can hold is a fault, so that a
    /// caller may reserve memory for it.
    package mutating func readCount(ofSize size: Int = 1) throws(Fault) -> Int {
        let count = try self.readInt64()
        guard count >= 0, count <= Int64((self.bytes.count - self.offset) / max(size, 1)) else { throw self.fault }
        return Int(count)
    }

    package mutating func readBytes() throws(Fault) -> [UInt8] {
        let count = try self.readCount()
        self.offset += count
        return Array(self.bytes[(self.offset - count)..<self.offset])
    }

    package mutating func readDoubles() throws(Fault) -> [Double] {
        let count = try self.readCount(ofSize: 8)
        var values: [Double] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try self.readDouble()) }
        return values
    }

    /// The fault at this place, for a field whose value cannot be.
    package var fault: Fault { Fault(offset: self.offset) }
}
