/// Silicon Labs Si7021: temperature and relative humidity at 0x40.
///
/// Source: Si7021-A20 data sheet (revision 1.2), table 2; the rest is in ``HTU21``.
package struct Si7021: I2CChip {
    package static let title = "Si7021"
    package static let addresses: [UInt8] = [0x40]
    package static let quantities: [Quantity] = [.temperature, .humidity]
    package static let flickers = true
    package static let signatures = [HTU21.signature("Si7021", id: 0x15)]

    private let family = HTU21(temperatureMax: .microseconds(10_800), humidityMax: .microseconds(22_800))

    package init() {}

    package mutating func initialise(_ link: I2CLink) throws(SensorFault) {
        try self.family.initialise(link)
    }

    package mutating func inspect(_ link: I2CLink) throws(SensorFault) -> ChipInspection {
        try self.family.inspect(link)
    }

    package mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration {
        try self.family.start(link)
    }

    package mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading] {
        try self.family.collect(link)
    }

    /// Converts two answers of `msb lsb crc`; −40…125 °C.
    package static func readings(temperature: [UInt8], humidity: [UInt8]) throws(SensorFault) -> [ChannelReading] {
        try HTU21.readings(temperature: temperature, humidity: humidity)
    }
}
