package import SensorKit

/// An HDC1080: writing the pointer 0 starts a conversion, and it acknowledges no read until that has ended.
package final class FakeHDC1080: FakeWordRegisters, FakeSensorChip {
    package static let heaterBit: UInt16 = 0x2000

    private var readyAt: Duration?

    package init() {
        super.init([0x02: 0x1000, 0xFE: 0x5449, 0xFF: 0x1050], temperature: 0x6664, humidity: 0x8000)
    }

    package override func pointed(at register: UInt8, now: Duration) throws(SensorFault) {
        guard register == 0 else { return }
        self.readyAt = now + .milliseconds(13)
        self.conversions += 1
    }

    package override func written(_ register: UInt8, at now: Duration) throws(SensorFault) {
        if register == 0x02, self.registers[0x02, default: 0] & 0x8000 != 0 { self.losePower(at: now) }
    }

    package override func value(of register: UInt8, at now: Duration) throws(SensorFault) -> UInt16 {
        guard register < 2 else { return try super.value(of: register, at: now) }
        guard let readyAt = self.readyAt, now >= readyAt else { throw SensorFault(.nack) }
        return UInt16(register == 0 ? self.temperature : self.humidity)
    }

    package func losePower(at now: Duration) {
        self.readyAt = nil
        self.restart(at: now, for: .milliseconds(15))
    }
}
