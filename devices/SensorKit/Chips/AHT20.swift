/// Aosong AHT20, AHT21: temperature and relative humidity at 0x38.
///
/// It warms itself when asked more often than every 2 s, and may lose its calibration mark without saying so.
/// Source: AHT20 data sheet (version 1.0), sections 5.3 (status), 5.4 (sequence), 6 (conversion); sensors contract 2.5.
package struct AHT20: I2CChip {
    package static let title = "AHT20"
    package static let addresses: [UInt8] = [0x38]
    package static let quantities: [Quantity] = [.temperature, .humidity]
    package static let flickers = true
    package static let intervalMinMilliseconds = 2_000
    package static let signatures = [
        // It has no id: a status, then a measurement whose checksum is right. The AHT10 sends none.
        ChipSignature(
            "AHT20",
            .init(.init([0x71], count: 1)) { answer in
                guard case .bytes = answer else { return .differs }
                return .fits
            },
            .init(.init([0xAC, 0x33, 0x00], wait: Self.conversionMax, count: 7)) { answer in
                guard case .bytes(let bytes) = answer else { return .differs }
                return SensirionCRC.checksum(of: bytes[..<6]) == bytes[6] ? .fits : .garbled
            }
        )
    ]

    private static let conversionMax: Duration = .milliseconds(80)
    /// A busy chip gets this much more time, and at most that often.
    private static let busyPause: Duration = .milliseconds(10)
    private static let busyMax = 5

    private enum Status {
        static let calibrated: UInt8 = 1 << 3
        static let busy: UInt8 = 1 << 7
    }

    private var isCalibrated = false

    package init() {}

    package mutating func initialise(_ link: I2CLink) throws(SensorFault) {
        try link.write(0xBA)  // soft reset, 20 ms
        link.pause(.milliseconds(20))
        try self.calibrate(link)
    }

    package mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration {
        if !self.isCalibrated { try self.calibrate(link) }
        try link.write(0xAC, 0x33, 0x00)
        return Self.conversionMax
    }

    package mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading] {
        var bytes = try link.readResult(7)
        for _ in 0..<Self.busyMax where bytes[0] & Status.busy != 0 {
            link.pause(Self.busyPause)
            bytes = try link.readResult(7)
        }
        do throws(SensorFault) {
            return try Self.readings(from: bytes)
        } catch {
            if error.reason == .notCalibrated { self.isCalibrated = false }
            throw error
        }
    }

    /// Converts `status, H[19:12], H[11:4], H[3:0] T[19:16], T[15:8], T[7:0], crc`; −40…120 °C, the AHT21's range.
    package static func readings(from bytes: [UInt8]) throws(SensorFault) -> [ChannelReading] {
        guard bytes.count == 7, SensirionCRC.checksum(of: bytes[..<6]) == bytes[6] else {
            throw SensorFault(.crc, "wrong checksum in a measurement; a long cable, or an AHT10, which sends none")
        }
        guard bytes[0] & Status.busy == 0 else {
            throw SensorFault(.notReady, "the chip still measures after its longest conversion time")
        }
        let humidity = UInt32(bytes[1]) << 12 | UInt32(bytes[2]) << 4 | UInt32(bytes[3]) >> 4
        let temperature = UInt32(bytes[3] & 0x0F) << 16 | UInt32(bytes[4]) << 8 | UInt32(bytes[5])
        guard bytes[0] & Status.calibrated != 0, humidity != 0 || temperature != 0 else {
            throw SensorFault(.notCalibrated, "the chip has lost its calibration mark; it is initialised again")
        }
        let full = Double(1 << 20)
        return [
            .checked(.temperature, 200 * Double(temperature) / full - 50, in: -40...120, raw: temperature),
            .checked(.humidity, 100 * Double(humidity) / full, in: 0...100, raw: humidity),
        ]
    }

    private mutating func calibrate(_ link: I2CLink) throws(SensorFault) {
        try link.write(0x71)
        if try link.read(1)[0] & Status.calibrated == 0 {
            try link.write(0xBE, 0x08, 0x00)
            link.pause(.milliseconds(10))
        }
        self.isCalibrated = true
    }
}
