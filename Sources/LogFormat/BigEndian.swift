/// Big-endian fields at byte distances, for headers of fixed layout; the caller has checked the bounds.
extension UnsafeRawPointer {
    /// The big-endian integer `distance` bytes from here.
    package func bigEndian<Field: FixedWidthInteger & BitwiseCopyable>(_ type: Field.Type, at distance: Int) -> Field {
        Field(bigEndian: self.loadUnaligned(fromByteOffset: distance, as: type))
    }
}

extension UnsafeMutableRawPointer {
    /// Writes `value` big-endian `distance` bytes from here.
    package func storeBigEndian<Field: FixedWidthInteger & BitwiseCopyable>(_ value: Field, at distance: Int) {
        self.storeBytes(of: value.bigEndian, toByteOffset: distance, as: Field.self)
    }
}
