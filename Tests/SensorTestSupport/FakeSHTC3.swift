package import SensorKit

/// An SHTC3: asleep it acknowledges nothing but its wake-up.
package final class FakeSHTC3: FakeCommandChip, FakeSensorChip {
    package private(set) var isAsleep = false

    package init() {
        super.init(temperature: 0x6666, humidity: 0x8000)
    }

    package override var acknowledgesAddress: Bool { !self.isAsleep }

    package override func command(_ bytes: [UInt8], at now: Duration) throws(SensorFault) -> Reply {
        if self.isAsleep, bytes != [0x35, 0x17] { throw SensorFault(.nack) }
        switch bytes {
        case [0x35, 0x17]:
            self.isAsleep = false
            return Reply(after: .microseconds(240))
        case [0xB0, 0x98]:
            self.isAsleep = true
            return Reply()
        case [0xEF, 0xC8]: return Reply(Self.word(0x0887))
        case [0x80, 0x5D]: return Reply(after: .microseconds(240))
        case [0x78, 0x66]:
            let bytes = self.result(Self.word(self.temperature) + Self.word(self.humidity))
            return Reply(bytes, after: .microseconds(12_100))
        default: throw SensorFault(.nack)
        }
    }

    package func losePower(at now: Duration) {
        self.isAsleep = false
        self.restart(at: now, for: .microseconds(240))
    }
}
