/// Sensirion SHT30, SHT31, SHT35: temperature and relative humidity at 0x44 or 0x45.
///
/// Single shots of high repeatability without clock stretching, which the Pi's controller mishandles.
/// Source: SHT3x-DIS data sheet (version 7), sections 4.3 (single shot), 4.11 (status), 4.12 (CRC), 4.13 (conversion).
package struct SHT3x: I2CChip {
    /// −40…125 °C; outside the chip cannot measure, so the bits are a fault.
    private static let temperatureRange = -40.0...125.0
    /// Longest single shot of high repeatability, table 4.
    private static let conversionMax: Duration = .microseconds(15_500)

    private enum Status {
        static let resetSeen: UInt16 = 1 << 4
        static let heater: UInt16 = 1 << 13
    }

    /// What a chip says to a question of ``identify(_:)``.
    private enum Answer: Equatable {
        case words([UInt16])
        /// Bytes with a wrong checksum.
        case garbled
        /// No acknowledge.
        case refused
    }

    package init() {}

    package mutating func identify(_ link: I2CLink) throws(SensorFault) {
        // HDC302x answers the same status command; its manufacturer id tells them apart.
        let maker = try self.ask(link, 3) { () throws(SensorFault) in try link.write(0x37, 0x81) }
        if maker == .words([0x3000]) {
            throw SensorFault(.wrongChip, "found an HDC302x where an SHT3x is configured")
        }
        // Three times: a disturbed answer is no other chip.
        var status = Answer.refused
        for _ in 0..<3 {
            status = try self.ask(link, 3) { () throws(SensorFault) in try link.write(0xF3, 0x2D) }
            guard status == .garbled else { break }
        }
        if case .words = status { return }
        let serial = try self.ask(link, 6) { () throws(SensorFault) in
            try link.write(0x89)
            link.pause(.milliseconds(1))
        }
        if case .words = serial {
            throw SensorFault(.wrongChip, "found an SHT4x where an SHT3x is configured")
        }
        if [maker, status, serial] == [.refused, .refused, .refused] {
            let address = String(link.address, radix: 16)
            throw SensorFault(.nack, "nothing answers at 0x\(address); check wiring, power and address")
        }
        throw SensorFault(.wrongChip, "a chip answers that is no SHT3x, SHT4x or HDC302x")
    }

    package mutating func initialise(_ link: I2CLink) throws(SensorFault) {
        try link.writeIgnoringNack(0x30, 0x93)  // stop periodic mode, refused when not in it
        link.pause(.milliseconds(1))
        try link.write(0x30, 0xA2)  // soft reset, 1.5 ms
        link.pause(.milliseconds(2))
        try link.write(0x30, 0x41)  // clear status: from now on a set reset bit means lost power
    }

    package mutating func inspect(_ link: I2CLink) throws(SensorFault) -> ChipInspection {
        try link.write(0xF3, 0x2D)
        guard let status = SensirionCRC.words(in: try link.read(3))?.first else {
            throw SensorFault(.crc, "wrong checksum in the status register")
        }
        if status & Status.heater != 0 {
            try link.write(0x30, 0x66)  // heater off
            return .heaterWasOn
        }
        return status & Status.resetSeen != 0 ? .lostPower : .fine
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
        guard bytes.count == 6, let words = SensirionCRC.words(in: bytes) else {
            throw SensorFault(.crc, "wrong checksum in a measurement; often a long cable or missing pull-ups")
        }
        let temperature = -45 + 175 * Double(words[0]) / 65_535
        let humidity = 100 * Double(words[1]) / 65_535
        return [
            .checked(.temperature, temperature, in: Self.temperatureRange, raw: UInt32(words[0])),
            .checked(.humidity, humidity, in: 0...100, raw: UInt32(words[1])),
        ]
    }

    /// Asks a question that another chip may not understand; faults of the bus itself are thrown.
    private func ask(
        _ link: I2CLink,
        _ count: Int,
        after command: () throws(SensorFault) -> Void
    ) throws(SensorFault) -> Answer {
        do throws(SensorFault) {
            try command()
            return SensirionCRC.words(in: try link.read(count)).map { .words($0) } ?? .garbled
        } catch {
            guard error.reason == .nack else { throw error }
            return .refused
        }
    }
}
