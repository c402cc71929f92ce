/// TE Connectivity HTU21D: temperature and relative humidity at 0x40.
///
/// Source: HTU21D(F) data sheet (HPC199), page 3; the rest is in ``HTU21``.
package struct HTU21D: I2CChip {
    package static let title = "HTU21D"
    package static let addresses: [UInt8] = [0x40]
    package static let quantities: [Quantity] = [.temperature, .humidity]
    package static let flickers = true
    package static let signatures = [HTU21.signature("HTU21D", id: 0x32)]

    private let family = HTU21(temperatureMax: .microseconds(50_000), humidityMax: .microseconds(16_000))

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
