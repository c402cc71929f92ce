/// The I2C chips the agent knows.
///
/// A new chip is its own file beside this one and one line in ``entries``: a structure that is an ``I2CChip``, whose
/// conversion is a pure function with the data sheet's examples as tests. For the tests of all chips it needs a fake in
/// `Tests/SensorTestSupport` and a line in `FakeChips`; they then try it with disturbed answers, lost power, missing
/// acknowledges, unplugging and every other chip at its address. `config/agent.yaml` lists it for people.
package struct ChipCatalog: Sendable {
    /// One kind of chip, without its type.
    package struct Entry: Sendable {
        /// As people write it: `SHT3x`.
        package let title: String
        /// As the configuration writes it: `sht3x`.
        package let name: String
        package let addresses: [UInt8]
        package let quantities: [Quantity]
        package let flickers: Bool
        package let intervalMinMilliseconds: Int
        package let sleeps: Bool
        package let signatures: [ChipSignature]
        package let make: @Sendable () -> any I2CChip

        init<Chip: I2CChip>(_ chip: Chip.Type) {
            self.title = chip.title
            self.name = chip.title.lowercased()
            self.addresses = chip.addresses
            self.quantities = chip.quantities
            self.flickers = chip.flickers
            self.intervalMinMilliseconds = chip.intervalMinMilliseconds
            self.sleeps = chip.sleeps
            self.signatures = chip.signatures
            self.make = { Chip() }
        }
    }

    /// At a shared address they are asked in this order, so the order is part of the identification: first the chips
    /// with a manufacturer's id, last those that only answer with good checksums. Source: sensors contract 1.2.
    package static let entries: [Entry] = [
        Entry(MCP9808.self),
        Entry(AHT20.self),
        Entry(HDC1080.self),  // before Si7021 and HTU21D: two registers with an id
        Entry(Si7021.self),
        Entry(HTU21D.self),
        Entry(HDC302x.self),  // before SHT3x, whose status command it answers, too
        Entry(SHT3x.self),
        Entry(SHT4x.self),
        Entry(TMP117.self),
        Entry(SCD4x.self),
        Entry(SHTC3.self),
        Entry(BME280.self),
    ]

    /// The chip with that configured name.
    package static func entry(named name: String) -> Entry? {
        self.entries.first { $0.name == name }
    }

    /// How the chips that can be at an address are told apart, strangers included, in the order of asking.
    package static func signatures(at address: UInt8) -> [ChipSignature] {
        let known = self.entries.filter { $0.addresses.contains(address) }.flatMap(\.signatures)
        return known + StrangeChips.signatures.filter { $0.addresses.contains(address) }.map(\.signature)
    }
}
