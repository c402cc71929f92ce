package import SensorKit

/// An SHT4x: commands of one byte, deaf while it measures.
package final class FakeSHT4x: FakeCommandChip, FakeSensorChip {
    package init() {
        super.init(temperature: 0x6666, humidity: 0x72B0)
    }

    package override var isDeafWhileConverting: Bool { true }

    package override func command(_ bytes: [UInt8], at now: Duration) throws(SensorFault) -> Reply {
        switch bytes {
        case [0x89]: return Reply(Self.word(0x1234) + Self.word(0x5678))
        case [0x94]: return Reply(after: .milliseconds(1))
        case [0xFD]:
            let bytes = self.result(Self.word(self.temperature) + Self.word(self.humidity))
            return Reply(bytes, after: .microseconds(8_300))
        default: throw SensorFault(.nack)
        }
    }

    package func losePower(at now: Duration) {
        self.restart(at: now, for: .milliseconds(1))
    }
}
