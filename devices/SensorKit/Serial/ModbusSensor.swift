/// A unit, or a part of its registers, on a Modbus line.
package struct ModbusSensor: SensorDriver {
    private let unit: UInt8
    private let map: ModbusMap
    private let line: ModbusLine
    private let index: Int

    /// `index` is its number among the line's sensors.
    package init(unit: UInt8, map: ModbusMap, line: ModbusLine, index: Int) {
        self.unit = unit
        self.map = map
        self.line = line
        self.index = index
    }

    package mutating func prepare() throws(SensorFault) {
        try self.line.open()
    }

    package mutating func start() throws(SensorFault) -> Duration {
        .zero  // a line carries one question at a time, so the whole of it is in `collect`
    }

    package mutating func collect() throws(SensorFault) -> [ChannelReading] {
        var readings = [ChannelReading?](repeating: nil, count: self.map.registers.count)
        for block in self.map.blocks {
            let request = ModbusRequest(
                unit: self.unit,
                function: self.map.function,
                address: block.address,
                count: block.count
            )
            let words = try self.line.registers(request, for: self.index)
            for member in block.members {
                let register = self.map.registers[member]
                let first = Int(register.address - block.address)
                readings[member] = register.reading(of: words[first..<first + register.count])
            }
        }
        return readings.compactMap { $0 }
    }
}
