package import SensorKit

/// An AHT20: read too early it gives its status with the busy bit, not a refusal.
package final class FakeAHT20: FakeChip, FakeSensorChip {
    package var temperature: UInt32 = 0x6_0000
    package var humidity: UInt32 = 0x8_0000
    package var garbledResults = 0
    package private(set) var conversions = 0
    package var isCalibrated = false
    /// How much longer than the data sheet's maximum its conversions take.
    package var lateness: Duration = .zero
    private var isMeasuring = false
    private var readyAt: Duration = .zero
    private var awakeAt: Duration = .zero

    package init() {}

    package func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault) {
        guard now >= self.awakeAt else { throw SensorFault(.nack) }
        switch bytes {
        case []: break
        case [0x71]: self.isMeasuring = false
        case [0xBE, 0x08, 0x00]: self.isCalibrated = true
        case [0xBA]: self.losePower(at: now)
        case [0xAC, 0x33, 0x00]:
            self.isMeasuring = true
            self.conversions += 1
            self.readyAt = now + .milliseconds(80) + self.lateness
        default: throw SensorFault(.nack)
        }
    }

    package func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8] {
        guard now >= self.awakeAt else { throw SensorFault(.nack) }
        let isBusy = self.isMeasuring && now < self.readyAt
        let status: UInt8 = (isBusy ? 0x80 : 0) | (self.isCalibrated ? 0x18 : 0x10)
        let humidity = self.isCalibrated ? self.humidity : 0
        let temperature = self.isCalibrated ? self.temperature : 0
        var bytes = [
            status, UInt8(humidity >> 12), UInt8(humidity >> 4 & 0xFF),
            UInt8(humidity & 0xF) << 4 | UInt8(temperature >> 16), UInt8(temperature >> 8 & 0xFF),
            UInt8(temperature & 0xFF),
        ]
        bytes.append(FakeCommandChip.crc(bytes, initial: 0xFF))
        if count == 7, self.garbledResults > 0, !isBusy {
            self.garbledResults -= 1
            bytes[6] ^= 0xFF
        }
        return Array(bytes.prefix(count))
    }

    package func losePower(at now: Duration) {
        self.isCalibrated = false
        self.isMeasuring = false
        self.awakeAt = now + .milliseconds(20)
    }
}
