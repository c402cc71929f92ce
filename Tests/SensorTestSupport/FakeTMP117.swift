package import SensorKit

/// A TMP117: after a loss of power it says −256 °C until its first conversion.
package final class FakeTMP117: FakeWordRegisters, FakeSensorChip {
    private var readyAt: Duration?

    package init() {
        super.init([0x01: 0x0220, 0x0F: 0x0117], temperature: 0x0C80)
    }

    package override func written(_ register: UInt8, at now: Duration) throws(SensorFault) {
        guard register == 0x01 else { return }
        let value = self.registers[0x01, default: 0]
        if value & 0x0002 != 0 {
            self.losePower(at: now)
        } else if value & 0x0C00 == 0x0C00 {
            self.readyAt = now + .milliseconds(140)
            self.conversions += 1
        }
    }

    package override func value(of register: UInt8, at now: Duration) throws(SensorFault) -> UInt16 {
        let isReady = self.readyAt.map { now >= $0 } ?? false
        switch register {
        case 0x00: return isReady ? UInt16(self.temperature) : 0x8000
        case 0x01:
            let value = self.registers[0x01, default: 0]
            return isReady ? value & ~0x0800 | 0x2000 : value
        default: return try super.value(of: register, at: now)
        }
    }

    package func losePower(at now: Duration) {
        self.readyAt = nil
        self.restart(at: now, for: .milliseconds(2))
    }
}
