/// Texas Instruments HDC3020, HDC3021, HDC3022: temperature and relative humidity at 0x44 to 0x47.
///
/// On demand with the least noise. It shares commands, status bits and checksum with the SHT3x.
/// Source: HDC302x data sheet (SNIS223), sections 7.5.7 (commands), 7.3.4 (conversion).
package struct HDC302x: I2CChip {
    package static let title = "HDC302x"
    package static let addresses: [UInt8] = [0x44, 0x45, 0x46, 0x47]
    package static let quantities: [Quantity] = [.temperature, .humidity]
    package static let flickers = true
    package static let signatures = [
        ChipSignature("HDC302x", .words(after: 0x37, 0x81) { $0[0] == 0x3000 })  // manufacturer
    ]

    package init() {}

    package mutating func initialise(_ link: I2CLink) throws(SensorFault) {
        try link.writeIgnoringNack(0x30, 0x93)  // stop measuring by itself
        link.pause(.milliseconds(1))
        try link.write(0x30, 0xA2)  // soft reset
        link.pause(.milliseconds(3))
        try link.write(0x30, 0x41)  // clear status: from now on a set reset bit means lost power
    }

    package mutating func inspect(_ link: I2CLink) throws(SensorFault) -> ChipInspection {
        try SensirionStatus.inspect(link)
    }

    package mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration {
        try link.write(0x24, 0x00)
        return .milliseconds(15)
    }

    package mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading] {
        try Self.readings(from: try link.readResult(6))
    }

    /// Converts `T msb lsb crc, RH msb lsb crc`; −40…125 °C.
    package static func readings(from bytes: [UInt8]) throws(SensorFault) -> [ChannelReading] {
        try SensirionPair.readings(from: bytes, divisor: 65_535, humidity: .full, temperatureIn: -40...125)
    }
}
