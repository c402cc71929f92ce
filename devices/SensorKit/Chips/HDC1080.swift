/// Texas Instruments HDC1080: temperature and relative humidity at 0x40.
///
/// Both in one conversion of 14 bits each. No checksum: what a floating or shorted data line gives is refused.
/// Source: HDC1080 data sheet (SNAS672A), sections 7.5 (timing), 8.6 (registers).
package struct HDC1080: I2CChip {
    package static let title = "HDC1080"
    package static let addresses: [UInt8] = [0x40]
    package static let quantities: [Quantity] = [.temperature, .humidity]
    package static let flickers = true
    package static let signatures = [
        ChipSignature(
            "HDC1080",
            .register(0xFE, count: 2) { $0 == [0x54, 0x49] },  // manufacturer
            .register(0xFF, count: 2) { $0 == [0x10, 0x50] }  // device
        )
    ]

    private enum Configuration {
        static let number: UInt8 = 0x02
        /// Both channels in one conversion of 14 bits; also the state after a reset.
        static let both: UInt16 = 0x1000
        static let heater: UInt16 = 1 << 13
        /// The supply is below 2.8 V: not a setting.
        static let lowSupply: UInt16 = 1 << 11
    }

    package init() {}

    package mutating func initialise(_ link: I2CLink) throws(SensorFault) {
        try link.write(Configuration.number, 0x80, 0x00)  // soft reset; 15 ms as after power-up
        link.pause(.milliseconds(15))
        try link.write(Configuration.number, 0x10, 0x00)
    }

    package mutating func inspect(_ link: I2CLink) throws(SensorFault) -> ChipInspection {
        let configuration = try link.register16(Configuration.number)
        if configuration & Configuration.heater != 0 {
            try link.write(Configuration.number, 0x10, 0x00)
            return .heaterWasOn
        }
        return configuration & ~Configuration.lowSupply == Configuration.both ? .fine : .lostPower
    }

    package mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration {
        try link.write(0x00)  // the write of the pointer starts the conversion
        return .milliseconds(13)
    }

    package mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading] {
        try Self.readings(from: try link.readResult(4))
    }

    /// Converts `T msb lsb, RH msb lsb`; −40…125 °C. The two lowest bits are always 0 at this resolution.
    package static func readings(from bytes: [UInt8]) throws(SensorFault) -> [ChannelReading] {
        guard bytes.count == 4 else { throw SensorFault(.busError, "a measurement has \(bytes.count) bytes, not 4") }
        guard bytes[1] & 3 == 0, bytes[3] & 3 == 0, bytes != [0, 0, 0, 0] else {
            throw SensorFault(.outOfRange, "no measurement has these bits: the data line floats or is held low")
        }
        let temperature = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        let humidity = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        return [
            .checked(.temperature, 165 * Double(temperature) / 65_536 - 40, in: -40...125, raw: UInt32(temperature)),
            .checked(.humidity, 100 * Double(humidity) / 65_536, in: 0...100, raw: UInt32(humidity)),
        ]
    }
}
