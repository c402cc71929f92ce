extension RawSpan {
    /// The byte at a place inside; traps outside.
    @inline(__always)
    func byte(at place: Int) -> UInt8 {
        self.unsafeLoadUnaligned(fromByteOffset: place, as: UInt8.self)
    }

    /// The two bytes from a place, high byte first; traps outside.
    @inline(__always)
    func integer(at place: Int) -> UInt16 {
        UInt16(bigEndian: self.unsafeLoadUnaligned(fromByteOffset: place, as: UInt16.self))
    }
}
