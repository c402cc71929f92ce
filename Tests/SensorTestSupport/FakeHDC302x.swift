package import SensorKit

/// An HDC302x: the SHT3x's commands, and a manufacturer's id.
package final class FakeHDC302x: FakeCommandChip, FakeSensorChip {
    package var status: UInt16 = 0x8010
    package private(set) var resets = 0

    package init() {
        super.init(temperature: 0x51EC, humidity: 0xAAAA)
    }

    package override func command(_ bytes: [UInt8], at now: Duration) throws(SensorFault) -> Reply {
        switch bytes {
        case [0x37, 0x81]: return Reply(Self.word(0x3000))
        case [0xF3, 0x2D]: return Reply(Self.word(UInt32(self.status)))
        case [0x30, 0x41]: self.status &= ~0x8C10
        case [0x30, 0x66]: self.status &= ~0x2000
        case [0x30, 0x93]: break
        case [0x30, 0xA2]:
            self.status = 0x8010
            self.resets += 1
            return Reply(after: .milliseconds(3))
        case [0x24, 0x00]:
            let bytes = self.result(Self.word(self.temperature) + Self.word(self.humidity))
            return Reply(bytes, after: .milliseconds(15))
        default: throw SensorFault(.nack)
        }
        return Reply()
    }

    package func losePower(at now: Duration) {
        self.status = 0x8010
        self.restart(at: now, for: .milliseconds(3))
    }
}
