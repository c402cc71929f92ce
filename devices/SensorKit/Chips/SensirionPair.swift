/// A temperature and a humidity as Sensirion's and TI's digital sensors send them: `T msb lsb crc, RH msb lsb crc`.
enum SensirionPair {
    /// How 16 bits become %RH.
    enum HumidityScale {
        /// 0…100 %RH over the whole range.
        case full
        /// −6…119 %RH, so that the ends of the range lie outside what air can have.
        case widened
    }

    /// Converts the pair; `range` is what the chip can measure, °C, `divisor` what full scale is: 65,535, or 65,536.
    ///
    /// One wrong checksum discards both words: they came over the same wire.
    static func readings(
        from bytes: [UInt8],
        divisor: Double,
        humidity scale: HumidityScale,
        temperatureIn range: ClosedRange<Double>
    ) throws(SensorFault) -> [ChannelReading] {
        guard bytes.count == 6, let words = SensirionCRC.words(in: bytes) else {
            throw SensorFault(.crc, "wrong checksum in a measurement; often a long cable or missing pull-ups")
        }
        let temperature = -45 + 175 * Double(words[0]) / divisor
        let share = Double(words[1]) / divisor
        let humidity: ChannelReading
        switch scale {
        case .full: humidity = .checked(.humidity, 100 * share, in: 0...100, raw: UInt32(words[1]))
        case .widened: humidity = .checked(.humidity, -6 + 125 * share, in: -6...119, raw: UInt32(words[1]))
        }
        return [.checked(.temperature, temperature, in: range, raw: UInt32(words[0])), humidity]
    }
}
