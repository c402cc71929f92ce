/// A question to a Modbus RTU unit: read some registers. The agent never writes any.
///
/// Source: Modbus Application Protocol V1.1b3, sections 6.3 and 6.4.
package struct ModbusRequest: Equatable, Sendable {
    /// The two functions that read registers.
    package enum Function: UInt8, Sendable {
        case holding = 3
        case input = 4
    }

    /// Units that a bus can have; 0 is for everybody, and nobody answers.
    package static let unitRange = 1...247
    /// Registers one request can ask for.
    package static let countMax = 125
    /// Bytes of a request on the wire.
    package static let length = 8

    package var unit: UInt8
    package var function: Function
    /// As on the wire, from 0: 30001 in a manual is 0 here.
    package var address: UInt16
    package var count: Int

    package init(unit: UInt8, function: Function, address: UInt16, count: Int) {
        precondition((1...Self.countMax).contains(count), "a request for more registers than Modbus can carry")
        self.unit = unit
        self.function = function
        self.address = address
        self.count = count
    }

    /// Unit, function, address, count, checksum.
    package var bytes: [UInt8] {
        var frame: [UInt8] = [self.unit, self.function.rawValue]
        frame += [UInt8(self.address >> 8), UInt8(self.address & 0xFF), 0, UInt8(self.count)]
        let crc = ModbusCRC.checksum(of: frame)
        return frame + [UInt8(crc & 0xFF), UInt8(crc >> 8)]
    }

    /// Bytes of the answer on the wire: unit, function, byte count, registers, checksum.
    package var answerLength: Int { 5 + 2 * self.count }
}
