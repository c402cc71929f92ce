/// Sensirion SHT30, SHT31, SHT35: temperature and relative humidity at 0x44 or 0x45.
///
/// Single shots of high repeatability without clock stretching, which the Pi's controller mishandles.
/// Source: SHT3x-DIS data sheet (version 7), sections 4.3 (single shot), 4.11 (status), 4.12 (CRC), 4.13 (conversion).
package struct SHT3x: I2CChip {
    /// −40…125 °C; outside the chip cannot measure, so the bits are a fault.
    private static let temperatureRange = -40.0...125.0
    /// Longest single shot of high repeatability, table 4.
    private static let conversionMax: Duration = .microseconds(15_500)

    package static let title = "SHT3x"
    package static let addresses: [UInt8] = [0x44, 0x45]
    package static let quantities: [Quantity] = [.temperature, .humidity]
    package static let flickers = true
    package static let signatures = [ChipSignature("SHT3x", .words(after: 0xF3, 0x2D))]

    package init() {}

    package mutating func initialise(_ link: I2CLink) throws(SensorFault) {
        try link.writeIgnoringNack(0x30, 0x93)  // stop periodic mode, refused when not in it
        link.pause(.milliseconds(1))
        try link.write(0x30, 0xA2)  // soft reset, 1.5 ms
        link.pause(.milliseconds(2))
        try link.write(0x30, 0x41)  // clear status: from now on a set reset bit means lost power
    }

    package mutating func inspect(_ link: I2CLink) throws(SensorFault) -> ChipInspection {
        try SensirionStatus.inspect(link)
    }

    package mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration {
        try link.write(0x24, 0x00)
        return Self.conversionMax
    }

    package mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading] {
        try Self.readings(from: try link.readResult(6))
    }

    /// Converts `T msb lsb crc, RH msb lsb crc`. One wrong checksum discards the pair: both came over the same wire.
    package static func readings(from bytes: [UInt8]) throws(SensorFault) -> [ChannelReading] {
        try SensirionPair.readings(
            from: bytes,
            divisor: 65_535,
            humidity: .full,
            temperatureIn: self.temperatureRange
        )
    }
}
