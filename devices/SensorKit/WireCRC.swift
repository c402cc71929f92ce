/// The two other checksums of sensor wires with the polynomial 0x31 and the initial value 0.
///
/// Both call sixteen zeros right: an answer of zeros alone is to be refused by the caller. Source: sensors contract 1.1.
package enum WireCRC {
    /// HTU21D, Si7021: MSB first; `68 3A` gives `7C`.
    package static func humidity(of bytes: some Sequence<UInt8>) -> UInt8 {
        self.mostSignificantFirst(bytes, from: 0)
    }

    /// Polynomial 0x31, MSB first, with that initial value.
    static func mostSignificantFirst(_ bytes: some Sequence<UInt8>, from initial: UInt8) -> UInt8 {
        var crc = initial
        for byte in bytes {
            crc ^= byte
            for _ in 0..<8 {
                crc = crc & 0x80 != 0 ? crc << 1 ^ 0x31 : crc << 1
            }
        }
        return crc
    }

    /// Dallas/Maxim 1-Wire: the polynomial reflected, LSB first; `72 01 4B 46 7F FF 0E 10` gives `57`.
    package static func oneWire(of bytes: some Sequence<UInt8>) -> UInt8 {
        var crc: UInt8 = 0
        for byte in bytes {
            crc ^= byte
            for _ in 0..<8 {
                crc = crc & 1 != 0 ? crc >> 1 ^ 0x8C : crc >> 1
            }
        }
        return crc
    }
}
