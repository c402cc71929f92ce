/// Bosch BME280: temperature, relative humidity and air pressure at 0x76 or 0x77.
///
/// Forced mode, every channel once: the least self-heating. No checksum on its wire, so a result that jumps is read a
/// second time. A BMP280, which has no humidity, is often sold under this name; its id tells.
/// Source: BME280 data sheet (BST-BME280-DS002), sections 3.3 (modes), 5.4 (registers), 9.1 (measurement time).
package struct BME280: I2CChip {
    package static let title = "BME280"
    package static let addresses: [UInt8] = [0x76, 0x77]
    package static let quantities: [Quantity] = [.temperature, .humidity, .pressure]
    package static let flickers = true
    package static let signatures = [ChipSignature("BME280", .register(0xD0, count: 1) { $0 == [0x60] })]

    private enum Register {
        static let calibration: UInt8 = 0x88
        static let reset: UInt8 = 0xE0
        static let calibrationOfHumidity: UInt8 = 0xE1
        static let humidityControl: UInt8 = 0xF2
        static let status: UInt8 = 0xF3
        static let control: UInt8 = 0xF4
        static let data: UInt8 = 0xF7
    }

    private enum Status {
        static let copiesCalibration: UInt8 = 1 << 0
        static let measures: UInt8 = 1 << 3
    }

    /// Temperature and pressure once, forced mode.
    private static let forced: UInt8 = 0x25
    /// What is left of it when the measurement has ended; a loss of power leaves 0.
    private static let finished: UInt8 = 0x24
    private static let conversionMax: Duration = .microseconds(9_300)
    private static let startupMax: Duration = .milliseconds(2)
    /// Changes between two samples beyond which the result is read again: °C, %RH, hPa.
    private static let jumps: [Quantity: Double] = [.temperature: 2, .humidity: 10, .pressure: 5]

    private var calibration: BME280Calibration?
    private var last: [ChannelReading] = []

    package init() {}

    package mutating func initialise(_ link: I2CLink) throws(SensorFault) {
        try link.write(Register.reset, 0xB6)
        try self.readCalibration(link)
    }

    package mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration {
        if self.calibration == nil { try self.readCalibration(link) }
        do throws(SensorFault) {
            try link.write(Register.humidityControl, 0x01)  // takes effect with the next write only
            try link.write(Register.control, Self.forced)
        } catch {
            // It may be gone for a moment, and the next one there may be another with constants of its own.
            self.calibration = nil
            throw error
        }
        return Self.conversionMax
    }

    package mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading] {
        let state = try link.register(Register.status, 2)
        guard state[0] & Status.measures == 0 else {
            throw SensorFault(.notReady, "the chip still measures after its longest conversion time")
        }
        guard state[1] == Self.finished, let calibration = self.calibration else {
            self.calibration = nil  // read anew: after a loss of power another chip may be there
            throw SensorFault(.notReady, "the chip has lost its settings, so this is no measurement")
        }
        // One burst: separate reads can mix two conversions.
        let bytes = try link.register(Register.data, 8)
        let readings = calibration.readings(from: .init(bytes))
        if self.jumps(to: readings), try link.register(Register.data, 8) != bytes {
            throw SensorFault(.crc, "two readings of one measurement differ; often a long cable or missing pull-ups")
        }
        self.last = readings
        return readings
    }

    private func jumps(to readings: [ChannelReading]) -> Bool {
        zip(readings, self.last).contains { now, before in
            guard let value = now.value, let old = before.value else { return true }
            return abs(value - old) > Self.jumps[now.quantity, default: 0]
        }
    }

    private mutating func readCalibration(_ link: I2CLink) throws(SensorFault) {
        for _ in 0..<3 {
            link.pause(Self.startupMax)
            guard try link.register(Register.status, 1)[0] & Status.copiesCalibration == 0 else { continue }
            let first = try link.register(Register.calibration, 26)
            let second = try link.register(Register.calibrationOfHumidity, 7)
            self.calibration = try BME280Calibration(first, second)
            self.last = []
            return
        }
        throw SensorFault(.notReady, "the chip does not finish its start")
    }
}
