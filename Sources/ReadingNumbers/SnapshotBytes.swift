/// Reads the fields of a snapshot from bytes that a file may have changed: it throws and never traps.
struct SnapshotBytes {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var left: Int { self.bytes.count - self.offset }

    mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws(SnapshotBlock.Fault) -> Number {
        let size = MemoryLayout<Number>.size
        guard self.left >= size else { throw .damaged }
        let number = self.bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: self.offset, as: Number.self) }
        self.offset += size
        return Number(littleEndian: number)
    }

    mutating func name() throws(SnapshotBlock.Fault) -> String {
        let count = Int(try self.integer(UInt16.self))
        guard count <= self.left,
            let name = String(validating: self.bytes[self.offset..<(self.offset + count)], as: UTF8.self)
        else { throw .damaged }
        self.offset += count
        return name
    }
}

extension [UInt8] {
    mutating func append(integer: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: integer.littleEndian) { self.append(contentsOf: $0) }
    }

    /// A device's id, at most 65,535 bytes.
    mutating func append(name: String) {
        self.append(integer: UInt16(clamping: name.utf8.count))
        self.append(contentsOf: name.utf8.prefix(Int(UInt16.max)))
    }
}
