/// The registers of a kind of unit, and the fewest requests that read them.
///
/// Registers that touch are read together, so that they belong to one measurement; those between are never read, for a
/// unit refuses a request that includes one it does not have.
package struct ModbusMap: Equatable, Sendable {
    /// One request and where its registers lie in the answer.
    package struct Block: Equatable, Sendable {
        package var address: UInt16
        package var count: Int
        /// Indices of the map's registers that it covers.
        package var members: [Int]

        package init(address: UInt16, count: Int, members: [Int]) {
            self.address = address
            self.count = count
            self.members = members
        }
    }

    package let function: ModbusRequest.Function
    package let registers: [ModbusRegister]
    package let blocks: [Block]

    /// `registers` are at least one; their addresses end below 65,536.
    package init(_ function: ModbusRequest.Function, _ registers: [ModbusRegister]) {
        self.function = function
        self.registers = registers
        var blocks: [Block] = []
        for member in registers.indices.sorted(by: { registers[$0].address < registers[$1].address }) {
            let register = registers[member]
            let end = Int(register.address) + register.count
            if let last = blocks.last, Int(register.address) <= Int(last.address) + last.count,
                max(end - Int(last.address), last.count) <= ModbusRequest.countMax
            {
                blocks[blocks.count - 1].count = max(end - Int(last.address), last.count)
                blocks[blocks.count - 1].members.append(member)
            } else {
                blocks.append(Block(address: register.address, count: register.count, members: [member]))
            }
        }
        self.blocks = blocks
    }

    /// XY-MD02 and its many relatives with an SHT20: input register 1 is T in tenths, 2 is RH in tenths.
    /// `divisor` is 10; some clones have hundredths.
    package static func transmitter(divisor: Double) -> ModbusMap {
        ModbusMap(
            .input,
            [
                ModbusRegister(.temperature, address: 1, divisor: divisor, range: -40...125),
                ModbusRegister(.humidity, address: 2, divisor: divisor, range: 0...100),
            ]
        )
    }
}
