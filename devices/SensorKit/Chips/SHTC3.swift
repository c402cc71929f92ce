/// Sensirion SHTC3: temperature and relative humidity at 0x70.
///
/// It sleeps between measurements, and then acknowledges nothing but its wake-up.
/// Source: SHTC3 data sheet (version 3), sections 3.1 (timing), 5.1 to 5.11.
package struct SHTC3: I2CChip {
    package static let title = "SHTC3"
    package static let addresses: [UInt8] = [0x70]
    package static let quantities: [Quantity] = [.temperature, .humidity]
    package static let flickers = true
    package static let sleeps = true
    package static let signatures = [
        ChipSignature(
            "SHTC3",
            // A multiplexer would take the wake-up as its channels. It answers a plain read, which this chip refuses
            // unless a measurement was left in it; that one is gone when it is asked again.
            .init(.init([], count: 1)) { answer in answer == .refused ? .fits : .garbled },
            .command(0x35, 0x17, wait: .milliseconds(1)),  // wake up, 0.24 ms
            .words(after: 0xEF, 0xC8) { words in words[0] & 0x083F == 0x0807 }
        )
    ]

    package init() {}

    package mutating func initialise(_ link: I2CLink) throws(SensorFault) {
        try self.wake(link)
        try link.write(0x80, 0x5D)  // soft reset, 0.24 ms
        link.pause(.milliseconds(1))
        try link.write(0xB0, 0x98)  // sleep
    }

    package mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration {
        try self.wake(link)
        try link.write(0x78, 0x66)  // normal mode, temperature first, no clock stretching
        return .microseconds(12_100)
    }

    package mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading] {
        let bytes = try link.readResult(6)
        do throws(SensorFault) {
            try link.write(0xB0, 0x98)
        } catch {
            // Awake it draws 45 µA more and measures as well: the result that is already here is worth more.
        }
        return try Self.readings(from: bytes)
    }

    /// Converts `T msb lsb crc, RH msb lsb crc`; −40…125 °C.
    package static func readings(from bytes: [UInt8]) throws(SensorFault) -> [ChannelReading] {
        try SensirionPair.readings(from: bytes, divisor: 65_536, humidity: .full, temperatureIn: -40...125)
    }

    private func wake(_ link: I2CLink) throws(SensorFault) {
        try link.write(0x35, 0x17)
        link.pause(.milliseconds(1))
    }
}
