package import SensorKit

/// A chip with registers of 16 bits behind a pointer, as most of TI's and Microchip's are.
package class FakeWordRegisters: FakeChip {
    package var registers: [UInt8: UInt16]
    package var temperature: UInt32
    package var humidity: UInt32
    package var garbledResults = 0
    package var conversions = 0
    private let defaults: [UInt8: UInt16]
    private var pointer: UInt8 = 0
    private var awakeAt: Duration = .zero

    package init(_ registers: [UInt8: UInt16], temperature: UInt32, humidity: UInt32 = 0) {
        self.registers = registers
        self.defaults = registers
        self.temperature = temperature
        self.humidity = humidity
    }

    /// What a written register does besides being written.
    package func written(_ register: UInt8, at now: Duration) throws(SensorFault) {}

    /// The pointer was set and nothing written.
    package func pointed(at register: UInt8, now: Duration) throws(SensorFault) {}

    /// What a register reads as.
    package func value(of register: UInt8, at now: Duration) throws(SensorFault) -> UInt16 {
        self.registers[register] ?? 0
    }

    package func write(_ bytes: [UInt8], at now: Duration) throws(SensorFault) {
        guard now >= self.awakeAt else { throw SensorFault(.nack) }
        guard let register = bytes.first else { return }
        self.pointer = register
        switch bytes.count {
        case 1: try self.pointed(at: register, now: now)
        case 2: self.registers[register] = UInt16(bytes[1])
        default: self.registers[register] = UInt16(bytes[1]) << 8 | UInt16(bytes[2])
        }
        if bytes.count > 1 { try self.written(register, at: now) }
    }

    package func read(_ count: Int, at now: Duration) throws(SensorFault) -> [UInt8] {
        guard now >= self.awakeAt else { throw SensorFault(.nack) }
        var bytes: [UInt8] = []
        var register = self.pointer
        while bytes.count < count {
            let value = try self.value(of: register, at: now)
            bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
            register &+= 1
        }
        return Array(bytes.prefix(count))
    }

    package func restart(at now: Duration, for duration: Duration) {
        self.registers = self.defaults
        self.pointer = 0
        self.awakeAt = now + duration
    }
}
