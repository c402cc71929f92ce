package import SensorKit

/// An HTU21D or a Si7021, by electronic id and times.
package final class FakeHTU21: FakeCommandChip, FakeSensorChip {
    package static let heaterBit: UInt8 = 0x04

    package var user: UInt8
    package private(set) var resets = 0
    private let id: UInt8
    private let temperatureTime: Duration
    private let humidityTime: Duration
    private let userDefault: UInt8

    private init(id: UInt8, temperature: Duration, humidity: Duration, user: UInt8) {
        self.id = id
        self.temperatureTime = temperature
        self.humidityTime = humidity
        self.user = user
        self.userDefault = user
        super.init(temperature: 0x683A, humidity: 0x4E85)
    }

    package static func htu21d() -> FakeHTU21 {
        FakeHTU21(id: 0x32, temperature: .milliseconds(50), humidity: .milliseconds(16), user: 0x02)
    }

    package static func si7021(id: UInt8 = 0x15) -> FakeHTU21 {
        FakeHTU21(id: id, temperature: .microseconds(10_800), humidity: .microseconds(22_800), user: 0x3A)
    }

    package override var isDeafWhileConverting: Bool { true }

    package override func command(_ bytes: [UInt8], at now: Duration) throws(SensorFault) -> Reply {
        switch bytes {
        case [0xFE]:
            self.user = self.userDefault
            self.resets += 1
            return Reply(after: .milliseconds(15))
        case [0xFC, 0xC9]: return Reply(Self.word([self.id, 0xFF]) + Self.word([0xFF, 0xFF]))
        case [0xE7]: return Reply([self.user])
        case [0xF3]: return Reply(self.result(self.answer(self.temperature)), after: self.temperatureTime)
        case [0xF5]: return Reply(self.result(self.answer(self.humidity)), after: self.humidityTime)
        default:
            guard bytes.count == 2, bytes[0] == 0xE6 else { throw SensorFault(.nack) }
            self.user = bytes[1]
            return Reply()
        }
    }

    package func losePower(at now: Duration) {
        self.user = self.userDefault
        self.restart(at: now, for: .milliseconds(15))
    }

    private func answer(_ value: UInt32) -> [UInt8] {
        Self.word([UInt8(value >> 8), UInt8(value & 0xFF)])
    }

    private static func word(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [self.crc(bytes, initial: 0)]
    }
}
