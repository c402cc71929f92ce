/// Sensirion SHT40, SHT41, SHT45: temperature and relative humidity at 0x44, 0x45 or 0x46 by part number.
///
/// Commands of one byte. Its heater only makes pulses that end by themselves, and it has no status to read.
/// Source: SHT4x data sheet (version 6), sections 3.1 (timing), 4.5 (commands), 4.6 (conversion).
package struct SHT4x: I2CChip {
    package static let title = "SHT4x"
    package static let addresses: [UInt8] = [0x44, 0x45, 0x46]
    package static let quantities: [Quantity] = [.temperature, .humidity]
    package static let flickers = true
    package static let signatures = [
        ChipSignature("SHT4x", .words(after: 0x89, wait: .milliseconds(1), count: 2))  // serial number
    ]

    package init() {}

    package mutating func initialise(_ link: I2CLink) throws(SensorFault) {
        try link.write(0x94)  // soft reset, 1 ms
        link.pause(.milliseconds(1))
    }

    package mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration {
        try link.write(0xFD)  // high precision
        return .microseconds(8_300)
    }

    package mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading] {
        try Self.readings(from: try link.readResult(6))
    }

    /// Converts `T msb lsb crc, RH msb lsb crc`; −40…125 °C.
    package static func readings(from bytes: [UInt8]) throws(SensorFault) -> [ChannelReading] {
        try SensirionPair.readings(from: bytes, divisor: 65_535, humidity: .widened, temperatureIn: -40...125)
    }
}
