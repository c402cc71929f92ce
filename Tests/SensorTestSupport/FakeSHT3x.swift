package import SensorKit

/// An SHT3x as its data sheet describes it: refuses what it does not know, and reads while it converts.
package final class FakeSHT3x: FakeCommandChip, FakeSensorChip {
    package static let heaterBit: UInt16 = 0x2000
    package static let resetBit: UInt16 = 0x0010

    package var status: UInt16 = 0x8010
    /// Measurements of the next conversions, before `temperature` and `humidity` come again.
    package var queued: [[UInt8]] = []
    /// Sent instead of `temperature` and `humidity` while it is set.
    package var measurement: [UInt8]?
    /// Status answers with a wrong checksum still to come.
    package var garbledStatuses = 0
    package var isPeriodic = false
    package private(set) var resets = 0

    package init() {
        super.init(temperature: 0x6666, humidity: 0x8000)
    }

    package override func command(_ bytes: [UInt8], at now: Duration) throws(SensorFault) -> Reply {
        switch bytes {
        case [0x30, 0x93]:
            guard self.isPeriodic else { throw SensorFault(.nack) }
            self.isPeriodic = false
        case [0x30, 0xA2]:
            self.status = 0x8010
            self.resets += 1
            return Reply(after: .microseconds(1_500))
        case [0x30, 0x41]: self.status &= ~0x8C10
        case [0x30, 0x66]: self.status &= ~Self.heaterBit
        case [0xF3, 0x2D]:
            var answer = Self.word(UInt32(self.status))
            if self.garbledStatuses > 0 {
                self.garbledStatuses -= 1
                answer[2] ^= 0xFF
            }
            return Reply(answer)
        case [0x24, 0x00]:
            guard !self.isPeriodic else { throw SensorFault(.nack) }
            let usual = self.measurement ?? Self.measurement(UInt16(self.temperature), UInt16(self.humidity))
            let bytes = self.result(self.queued.isEmpty ? usual : self.queued.removeFirst())
            return Reply(bytes, after: .microseconds(15_500))
        default: throw SensorFault(.nack)
        }
        return Reply()
    }

    package func losePower(at now: Duration) {
        self.status = 0x8010
        self.isPeriodic = false
        self.restart(at: now, for: .microseconds(1_500))
    }

    package static func measurement(_ temperature: UInt16, _ humidity: UInt16) -> [UInt8] {
        self.word(UInt32(temperature)) + self.word(UInt32(humidity))
    }
}
