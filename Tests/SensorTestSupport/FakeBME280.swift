package import SensorKit

/// A BME280 with the contract's calibration; another id makes it a BMP280 or a BME680.
package final class FakeBME280: FakeChip, FakeSensorChip {
    /// 20 bits.
    package var temperature: UInt32 = 519_888
    /// 16 bits.
    package var humidity: UInt32 = 28_000
    /// 20 bits.
    package var pressure: UInt32 = 415_148
    package var garbledResults = 0
    package private(set) var conversions = 0
    /// Results that are disturbed on the wire, one bit in the first read of each.
    package var disturbedResults = 0
    private let id: UInt8
    private var registers = [UInt8](repeating: 0, count: 256)
    private var pointer: UInt8 = 0
    private var readyAt: Duration?
    private var startedAt: Duration = .zero

    private static let first: [UInt8] = [
        0x70, 0x6B, 0x43, 0x67, 0x18, 0xFC, 0x7D, 0x8E, 0x43, 0xD6, 0xD0, 0x0B, 0x27, 0x0B, 0x8C, 0x00, 0xF9, 0xFF,
        0x8C, 0x3C, 0xF8, 0xC6, 0x70, 0x17, 0x00, 0x4B,
    ]
    private static let second: [UInt8] = [0x6A, 0x01, 0x00, 0x14, 0x22, 0x03, 0x1E]

    package init(id: UInt8 = 0x60) {
        self.id = id
        self.losePower(at: .zero)
    }

    package func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault) {
        guard now >= self.startedAt else { throw SensorFault(.nack) }
        guard let register = bytes.first else { return }
        self.pointer = register
        guard bytes.count == 2 else { return }
        self.registers[Int(register)] = bytes[1]
        switch register {
        case 0xE0 where bytes[1] == 0xB6: self.losePower(at: now)
        case 0xF4 where bytes[1] & 3 == 1 || bytes[1] & 3 == 2:
            self.conversions += 1
            self.readyAt = now + .microseconds(9_300)
        default: break
        }
    }

    package func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8] {
        guard now >= self.startedAt else { throw SensorFault(.nack) }
        if let readyAt = self.readyAt {
            self.registers[0xF3] = now < readyAt ? 0x08 : 0
            if now >= readyAt { self.finish() }
        }
        var bytes = Array(self.registers[Int(self.pointer)..<min(Int(self.pointer) + count, 256)])
        if self.pointer == 0xF7, self.disturbedResults > 0 {
            self.disturbedResults -= 1
            bytes[3] ^= 0x10
        }
        return bytes
    }

    package func losePower(at now: Duration) {
        self.registers = [UInt8](repeating: 0, count: 256)
        self.registers[0xD0] = self.id
        self.registers.replaceSubrange(0x88...0xA1, with: Self.first)
        self.registers.replaceSubrange(0xE1...0xE7, with: Self.second)
        self.registers.replaceSubrange(0xF7...0xFE, with: [0x80, 0, 0, 0x80, 0, 0, 0x80, 0])
        self.readyAt = nil
        self.startedAt = now + .milliseconds(2)
    }

    private func finish() {
        self.readyAt = nil
        self.registers[0xF4] &= ~3
        func put(_ value: UInt32, at register: Int) {
            self.registers[register] = UInt8(value >> 12 & 0xFF)
            self.registers[register + 1] = UInt8(value >> 4 & 0xFF)
            self.registers[register + 2] = UInt8(value & 0xF) << 4
        }
        put(self.pressure, at: 0xF7)
        put(self.temperature, at: 0xFA)
        let humidity = self.registers[0xF2] == 1 ? self.humidity : 0x8000
        self.registers[0xFD] = UInt8(humidity >> 8)
        self.registers[0xFE] = UInt8(humidity & 0xFF)
    }
}
