/// Sensirion SCD40, SCD41: carbon dioxide, temperature and relative humidity at 0x62.
///
/// It measures by itself every 5 s and is asked whether there is something new. Its temperature has the chip's own
/// offset for self-heating in it; in the first minutes that is not true yet, and all values are suspect.
/// Source: SCD4x data sheet (version 1.4), sections 3.5 to 3.9, 3.12.
package struct SCD4x: I2CChip {
    package static let title = "SCD4x"
    package static let addresses: [UInt8] = [0x62]
    package static let quantities: [Quantity] = [.carbonDioxide, .temperature, .humidity]
    package static let flickers = true
    /// A second more than the chip's own period, so that there is always something new, whatever the two clocks say.
    package static let intervalMinMilliseconds = 6_000
    package static let signatures = [
        // Idle it tells its serial number, measuring only whether there is something new.
        ChipSignature("SCD4x", .words(after: 0x36, 0x82, wait: .milliseconds(1), count: 3)),
        ChipSignature("SCD4x", .words(after: 0xE4, 0xB8, wait: .milliseconds(1))),
    ]

    private static let period: Duration = .seconds(5)
    private static let stopMax: Duration = .milliseconds(500)
    /// How long values are suspect after a start.
    private static let settling: Duration = .seconds(180)
    /// The share of the ready word that counts.
    private static let readyMask: UInt16 = 0x07FF

    private var hasStopped = false
    private var measuringSince: Duration?
    private var lastResult: Duration = .zero
    private var isReady = false

    package init() {}

    package mutating func rouse(_ link: I2CLink) throws(SensorFault) {
        let isStopping = try link.writeIgnoringNack(0x3F, 0x86)
        // It acknowledges nothing while it stops. Refused, it is absent, or was told to stop by an agent before us: once
        // that is waited for, later it would only delay the bus's other sensors.
        if isStopping || !self.hasStopped { link.pause(Self.stopMax) }
        self.hasStopped = true
        self.measuringSince = nil
    }

    package mutating func initialise(_ link: I2CLink) throws(SensorFault) {
        try link.write(0x21, 0xB1)  // measure every 5 s
        self.measuringSince = link.now
        self.lastResult = link.now
    }

    package mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration {
        if self.measuringSince == nil { try self.initialise(link) }
        try link.write(0xE4, 0xB8)
        link.pause(.milliseconds(1))
        guard let word = SensirionCRC.words(in: try link.read(3))?.first else {
            throw SensorFault(.crc, "wrong checksum in the answer whether there is a measurement")
        }
        self.isReady = word & Self.readyMask != 0
        if !self.isReady, link.now - self.lastResult > Self.period * 3 {
            self.measuringSince = nil  // it may have lost power: the next attempt starts it again
            throw SensorFault(.notReady, "the chip has measured nothing for three of its periods")
        }
        return .zero
    }

    package mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading] {
        guard self.isReady else { return [] }
        self.isReady = false
        try link.write(0xEC, 0x05)
        link.pause(.milliseconds(1))
        let readings = try Self.readings(from: try link.readResult(9))
        self.lastResult = link.now
        guard let since = self.measuringSince, link.now - since < Self.settling else { return readings }
        return readings.map { reading in
            guard let value = reading.value else { return reading }
            return ChannelReading(reading.quantity, .suspect(value, .notReady), raw: reading.raw)
        }
    }

    /// Converts `CO₂ msb lsb crc, T msb lsb crc, RH msb lsb crc`; 1…40,000 ppm, −10…60 °C.
    package static func readings(from bytes: [UInt8]) throws(SensorFault) -> [ChannelReading] {
        guard bytes.count == 9, let words = SensirionCRC.words(in: bytes) else {
            throw SensorFault(.crc, "wrong checksum in a measurement; often a long cable or missing pull-ups")
        }
        let temperature = -45 + 175 * Double(words[1]) / 65_535
        return [
            .checked(.carbonDioxide, Double(words[0]), in: 1...40_000, raw: UInt32(words[0])),
            .checked(.temperature, temperature, in: -10...60, raw: UInt32(words[1])),
            .checked(.humidity, 100 * Double(words[2]) / 65_535, in: 0...100, raw: UInt32(words[2])),
        ]
    }
}
