package import SensorKit

/// An MCP9808: measures by itself, says 0 °C before its first conversion, and compares with its limits.
package final class FakeMCP9808: FakeWordRegisters, FakeSensorChip {
    private var firstAt: Duration = .zero

    /// - Note: `temperature` is the ambient register's lower 13 bits; 25.0 °C to begin with.
    package init() {
        let registers: [UInt8: UInt16] = [0x01: 0, 0x04: 0, 0x06: 0x0054, 0x07: 0x0400, 0x08: 3]
        super.init(registers, temperature: 0x0190)
    }

    package override func value(of register: UInt8, at now: Duration) throws(SensorFault) -> UInt16 {
        guard register == 0x05 else { return try super.value(of: register, at: now) }
        self.conversions += 1
        let raw = now < self.firstAt ? 0 : UInt16(self.temperature & 0x1FFF)
        let value = Int16(bitPattern: raw << 3) >> 3
        let critical = Int16(bitPattern: self.registers[0x04, default: 0] << 3) >> 3
        return value >= critical ? raw | 0x8000 : raw
    }

    package func losePower(at now: Duration) {
        self.firstAt = now + .milliseconds(250)
        self.restart(at: now, for: .zero)
    }
}
