/// The I2C chips the agent knows. A new chip is its own file and one line here.
package struct ChipCatalog: Sendable {
    /// One kind of chip: its configured name, the addresses it can have, and what it measures.
    package struct Entry: Sendable {
        package let name: String
        package let addresses: [UInt8]
        package let quantities: [Quantity]
        /// Results of 14 bits or more always flicker: bit-identical ones for long mean a stuck chip.
        package let flickers: Bool
        package let make: @Sendable () -> any I2CChip
    }

    package static let entries: [Entry] = [
        Entry(name: "sht3x", addresses: [0x44, 0x45], quantities: [.temperature, .humidity], flickers: true) { SHT3x() }
    ]

    /// The chip with that configured name.
    package static func entry(named name: String) -> Entry? {
        self.entries.first { $0.name == name }
    }
}
