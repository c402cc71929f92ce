package import SensorKit

/// An SCD40 or SCD41: measures every 5 s once told so, and then takes only a few commands.
package final class FakeSCD4x: FakeCommandChip, FakeSensorChip {
    package var carbonDioxide: UInt32 = 0x01F4
    /// When its measuring began; `nil`: idle.
    package private(set) var startedAt: Duration?
    private var resultsRead = 0
    /// Its own period, which no two chips have alike.
    package var period: Duration = .seconds(5)

    package init() {
        super.init(temperature: 0x6667, humidity: 0x5EB9)
    }

    /// As another program left it.
    package func measureByItself(since instant: Duration) {
        self.startedAt = instant
    }

    package override func command(_ bytes: [UInt8], at now: Duration) throws(SensorFault) -> Reply {
        let finished = self.startedAt.map { Int((now - $0) / self.period) } ?? 0
        switch bytes {
        case [0x21, 0xB1]:
            guard self.startedAt == nil else { throw SensorFault(.nack) }
            self.startedAt = now
            self.resultsRead = 0
        case [0x3F, 0x86]:
            self.startedAt = nil
            return Reply(after: .milliseconds(500))
        case [0x36, 0x82]:
            guard self.startedAt == nil else { throw SensorFault(.nack) }
            return Reply(Self.word(0xF896) + Self.word(0x9F07) + Self.word(0x3BBE), after: .milliseconds(1))
        case [0xE4, 0xB8]:
            return Reply(Self.word(finished > self.resultsRead ? 0x8006 : 0x8000), after: .milliseconds(1))
        case [0xEC, 0x05]:
            guard finished > self.resultsRead else { throw SensorFault(.nack) }
            self.resultsRead = finished
            let bytes = Self.word(self.carbonDioxide) + Self.word(self.temperature) + Self.word(self.humidity)
            return Reply(self.result(bytes), after: .milliseconds(1))
        default: throw SensorFault(.nack)
        }
        return Reply()
    }

    package func losePower(at now: Duration) {
        self.startedAt = nil
        self.restart(at: now, for: .milliseconds(30))
    }
}
