/// What HTU21D and Si7021 have in common: commands, checksum, conversion. They differ in times and electronic id.
///
/// Temperature and humidity are two conversions, one after the other. Both are asked for, with their checksums, and
/// never with clock stretching.
/// Source: HTU21D(F) data sheet (HPC199), pages 10 to 15; Si7021-A20 data sheet (revision 1.2), section 5.
struct HTU21 {
    /// Longest conversion to 14 bits of temperature.
    let temperatureMax: Duration
    /// Longest conversion to 12 bits of humidity, with the temperature it needs for itself.
    let humidityMax: Duration

    static let resetMax: Duration = .milliseconds(15)

    private enum User {
        /// Resolution, in two bits far apart; 0 is the full one, and the state after a reset.
        static let resolution: UInt8 = 0b1000_0001
        static let heater: UInt8 = 1 << 2
    }

    /// How one of the family is recognised: by the first byte of the second half of its serial number.
    static func signature(_ chip: String, id: UInt8) -> ChipSignature {
        ChipSignature(
            chip,
            // What answers this register read has registers (HDC1080, INA219, PCA9685): the two bytes of the next
            // question would be written into one. Here it is a reset, and the read is not acknowledged.
            .init(.init([0xFE], isCombined: true, count: 2)) { answer in
                answer == .bytes([0xFF, 0xFF]) || answer == .refused ? .fits : .differs
            },
            .init(.init([], wait: self.resetMax, count: 0)) { _ in .fits },
            .init(.init([0xFC, 0xC9], count: 6)) { answer in
                guard case .bytes(let bytes) = answer else { return .differs }
                guard WireCRC.humidity(of: bytes[..<2]) == bytes[2] else { return .garbled }
                return bytes[0] == id ? .fits : .differs
            }
        )
    }

    func initialise(_ link: I2CLink) throws(SensorFault) {
        try link.write(0xFE)
        link.pause(Self.resetMax)
    }

    func inspect(_ link: I2CLink) throws(SensorFault) -> ChipInspection {
        try link.write(0xE7)
        let user = try link.read(1)[0]
        if user & User.heater != 0 {
            try link.write(0xE6, user & ~User.heater)
            return .heaterWasOn
        }
        return user & User.resolution != 0 ? .lostPower : .fine
    }

    func start(_ link: I2CLink) throws(SensorFault) -> Duration {
        try link.write(0xF3)
        return self.temperatureMax
    }

    /// Reads the temperature, then measures the humidity: there is one such chip on a bus, so its pause delays few.
    func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading] {
        let temperature = try link.readResult(3)
        _ = try Self.word(in: temperature)  // a garbled one is not worth a humidity
        try link.write(0xF5)
        link.pause(self.humidityMax)
        return try Self.readings(temperature: temperature, humidity: try link.readResult(3))
    }

    /// Converts two answers of `msb lsb crc`; −40…125 °C.
    static func readings(temperature: [UInt8], humidity: [UInt8]) throws(SensorFault) -> [ChannelReading] {
        let temperatureWord = try self.word(in: temperature)
        let humidityWord = try self.word(in: humidity)
        return [
            .checked(
                .temperature,
                -46.85 + 175.72 * Double(temperatureWord) / 65_536,
                in: -40...125,
                raw: UInt32(temperatureWord)
            ),
            .checked(
                .humidity,
                -6 + 125 * Double(humidityWord) / 65_536,
                in: -6...119,
                raw: UInt32(humidityWord)
            ),
        ]
    }

    /// The value without its two status bits, which are part of what the checksum covers.
    private static func word(in bytes: [UInt8]) throws(SensorFault) -> UInt16 {
        guard bytes.count == 3, WireCRC.humidity(of: bytes[..<2]) == bytes[2] else {
            throw SensorFault(.crc, "wrong checksum in a measurement; often a long cable or missing pull-ups")
        }
        guard bytes != [0, 0, 0] else {
            throw SensorFault(.outOfRange, "the answer is all zeros: the data line is held low")
        }
        return (UInt16(bytes[0]) << 8 | UInt16(bytes[1])) & ~3
    }
}
