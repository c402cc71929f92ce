/// The first two to five bytes of every packet.
///
/// ```
/// byte 1     type (4 bits) | flags (4 bits)
/// bytes 2–5  Remaining Length, 7 bits a byte, low bits first, top bit: more follow
/// ```
/// Spec: MQTT 5.0 §2.1.
package struct FixedHeader: Equatable, Sendable {
    /// The largest Remaining Length that four bytes can say.
    package static let remainingLengthMax = 268_435_455
    /// Bytes of the longest fixed header.
    static let lengthMax = 5

    package var type: PacketType
    package var flags: UInt8
    /// Bytes that follow the fixed header.
    package var remainingLength: Int
    /// Bytes of the fixed header itself, 2 to 5.
    package var length: Int

    /// Bytes of the whole packet.
    package var packetSize: Int { self.length + self.remainingLength }

    /// Reads the header that bytes begin with; `nil` when more are needed.
    static func read(_ bytes: RawSpan) throws(PacketError) -> FixedHeader? {
        guard bytes.byteCount > 0 else { return nil }
        let first = bytes.byte(at: 0)
        let flags = first & 0x0F
        guard let type = PacketType(rawValue: first >> 4), type.reservedFlags == nil || type.reservedFlags == flags
        else {
            throw PacketError(.malformedFixedHeader, at: 0)
        }
        var remainingLength = 0
        for position in 1...4 {
            guard position < bytes.byteCount else { return nil }
            let byte = bytes.byte(at: position)
            remainingLength |= Int(byte & 0x7F) << (7 * (position - 1))
            if byte & 0x80 == 0 {
                return FixedHeader(type: type, flags: flags, remainingLength: remainingLength, length: 1 + position)
            }
        }
        throw PacketError(.malformedLength, at: 4)
    }

    private init(type: PacketType, flags: UInt8, remainingLength: Int, length: Int) {
        self.type = type
        self.flags = flags
        self.remainingLength = remainingLength
        self.length = length
    }
}
