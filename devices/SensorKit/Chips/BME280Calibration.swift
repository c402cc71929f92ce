/// A BME280's calibration constants and its conversion: each chip has its own, read once after a reset.
///
/// Names are the data sheet's: `dig_T1` is `t1`. Computed in floating point, which is a little more exact than the
/// integer recipe. Source: BME280 data sheet (BST-BME280-DS002), section 4.2.2 and appendix A.
package struct BME280Calibration: Equatable, Sendable {
    private let t1, t2, t3: Double
    private let p1, p2, p3, p4, p5, p6, p7, p8, p9: Double
    private let h1, h2, h3, h4, h5, h6: Double

    /// Raw temperature, pressure and humidity of a burst `F7…FE`.
    package struct Raw: Equatable, Sendable {
        /// 20 bits.
        package var pressure: UInt32
        /// 20 bits.
        package var temperature: UInt32
        /// 16 bits.
        package var humidity: UInt32

        package init(_ bytes: [UInt8]) {
            precondition(bytes.count == 8, "a burst is F7 to FE")
            func twenty(_ start: Int) -> UInt32 {
                UInt32(bytes[start]) << 12 | UInt32(bytes[start + 1]) << 4 | UInt32(bytes[start + 2]) >> 4
            }
            self.pressure = twenty(0)
            self.temperature = twenty(3)
            self.humidity = UInt32(bytes[6]) << 8 | UInt32(bytes[7])
        }
    }

    /// What stands in the registers of a channel that was not measured.
    private static let skipped20: UInt32 = 0x80000
    private static let skipped16: UInt32 = 0x8000

    /// - Parameters:
    ///   - first: Registers `88…A1`, 26 bytes.
    ///   - second: Registers `E1…E7`, 7 bytes.
    /// - Throws: `not_calibrated` when they hold nothing, which is a fault of the bus or of the chip.
    package init(_ first: [UInt8], _ second: [UInt8]) throws(SensorFault) {
        precondition(first.count == 26 && second.count == 7, "calibration is 88 to A1 and E1 to E7")
        let divisors = (first[0] | first[1], first[6] | first[7])  // T1 and P1
        guard divisors.0 != 0, divisors.1 != 0, !first.allSatisfy({ $0 == 0xFF }) else {
            throw SensorFault(.notCalibrated, "the chip's calibration cannot be read; it may be no true BME280")
        }
        func unsigned(_ index: Int) -> Double { Double(UInt16(first[index + 1]) << 8 | UInt16(first[index])) }
        func signed(_ index: Int) -> Double {
            Double(Int16(bitPattern: UInt16(first[index + 1]) << 8 | UInt16(first[index])))
        }
        self.t1 = unsigned(0)
        self.t2 = signed(2)
        self.t3 = signed(4)
        self.p1 = unsigned(6)
        self.p2 = signed(8)
        self.p3 = signed(10)
        self.p4 = signed(12)
        self.p5 = signed(14)
        self.p6 = signed(16)
        self.p7 = signed(18)
        self.p8 = signed(20)
        self.p9 = signed(22)
        self.h1 = Double(first[25])
        self.h2 = Double(Int16(bitPattern: UInt16(second[1]) << 8 | UInt16(second[0])))
        self.h3 = Double(second[2])
        self.h4 = Double(Int8(bitPattern: second[3])) * 16 + Double(second[4] & 15)
        self.h5 = Double(Int8(bitPattern: second[5])) * 16 + Double(second[4] >> 4)
        self.h6 = Double(Int8(bitPattern: second[6]))
    }

    /// Converts a burst; −40…85 °C, 300…1100 hPa. A channel that was not measured is bad, and without a temperature
    /// the others cannot be computed.
    package func readings(from raw: Raw) -> [ChannelReading] {
        guard raw.temperature != Self.skipped20 else {
            return [
                ChannelReading(.temperature, .bad(.notReady), raw: raw.temperature),
                ChannelReading(.humidity, .bad(.notReady), raw: raw.humidity),
                ChannelReading(.pressure, .bad(.notReady), raw: raw.pressure),
            ]
        }
        let fine = self.fineTemperature(Double(raw.temperature))
        var readings = [ChannelReading.checked(.temperature, fine / 5_120, in: -40...85, raw: raw.temperature)]
        if raw.humidity == Self.skipped16 {
            readings.append(ChannelReading(.humidity, .bad(.notReady), raw: raw.humidity))
        } else {
            // The formula leaves 0…100 in dry and in saturated air; far beyond are no bits of a measurement.
            let value = self.humidity(Double(raw.humidity), fine: fine)
            readings.append(.checked(.humidity, value, in: -20...120, raw: raw.humidity))
        }
        if raw.pressure == Self.skipped20 {
            readings.append(ChannelReading(.pressure, .bad(.notReady), raw: raw.pressure))
        } else {
            let value = self.pressure(Double(raw.pressure), fine: fine)
            readings.append(.checked(.pressure, value / 100, in: 300...1_100, raw: raw.pressure))
        }
        return readings
    }

    /// 5,120 times the temperature in °C: the scale that the other two channels are corrected on.
    private func fineTemperature(_ raw: Double) -> Double {
        let linear = (raw / 16_384 - self.t1 / 1_024) * self.t2
        let offset = raw / 131_072 - self.t1 / 8_192
        return linear + offset * offset * self.t3
    }

    /// %RH, not clipped.
    private func humidity(_ raw: Double, fine: Double) -> Double {
        let warmth = fine - 76_800
        let offset = raw - (self.h4 * 64 + self.h5 / 16_384 * warmth)
        let curve = 1 + self.h6 / 67_108_864 * warmth * (1 + self.h3 / 67_108_864 * warmth)
        let linear = offset * (self.h2 / 65_536 * curve)
        return linear * (1 - self.h1 * linear / 524_288)
    }

    /// Pascal; not a number when the constants divide by nothing.
    private func pressure(_ raw: Double, fine: Double) -> Double {
        let warmth = fine / 2 - 64_000
        var offset = warmth * warmth * self.p6 / 32_768
        offset += 2 * warmth * self.p5
        offset = offset / 4 + 65_536 * self.p4
        let slope = (self.p3 * warmth * warmth / 524_288 + self.p2 * warmth) / 524_288
        let divisor = (1 + slope / 32_768) * self.p1
        guard divisor != 0 else { return .nan }
        let linear = (1_048_576 - raw - offset / 4_096) * 6_250 / divisor
        let square = self.p9 * linear * linear / 2_147_483_648
        return linear + (square + linear * self.p8 / 32_768 + self.p7) / 16
    }
}
