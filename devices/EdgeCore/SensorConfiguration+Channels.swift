import SensorKit

extension SensorConfiguration {
    /// The published names, and the rules of the channels that have some.
    ///
    /// A channel is a name, `temperature: supply`, or a section, `temperature: {name: supply, offset: -0.4}`; the name is
    /// the quantity's own with the prefix before it unless given.
    static func channels(
        _ reader: inout MappingReader,
        quantities: [Quantity]
    ) -> (names: [Quantity: String], rules: [Quantity: ChannelRule]) {
        let prefix = reader.text("prefix", lengthMax: 48)
        var section = reader.section("channels")
        var names: [Quantity: String] = [:]
        var rules: [Quantity: ChannelRule] = [:]
        for quantity in quantities {
            let key = quantity.rawValue
            var name = (prefix ?? "") + key
            if section.isSection(key) {
                var channel = section.section(key)
                name = channel.text("name", lengthMax: 64) ?? name
                let rule = self.rule(&channel)
                if rule != ChannelRule() { rules[quantity] = rule }
                channel.finish()
            } else {
                name = section.text(key, lengthMax: 64) ?? name
            }
            if !self.isChannelName(name) {
                let reserved = TelemetryBody.reservedKeys.joined(separator: ", ")
                section.fault(
                    key,
                    "gives the name '\(name)'; expected a letter, then letters, digits or _, 64 at most, none of \(reserved)"
                )
            }
            names[quantity] = name
        }
        section.finish()
        return (names, rules)
    }

    /// What is computed from the sensor's own quantities, if it is asked for.
    static func computed(_ reader: inout MappingReader, from quantities: [Quantity]) -> [Quantity] {
        guard reader.flag("dewPoint", default: false) else { return [] }
        guard quantities.contains(.temperature), quantities.contains(.humidity) else {
            reader.fault("dewPoint", "is true for a sensor that does not measure temperature and humidity")
            return []
        }
        return [.dewPoint]
    }

    private static func rule(_ section: inout MappingReader) -> ChannelRule {
        var rule = ChannelRule()
        rule.offset = section.decimal("offset", default: rule.offset, in: ChannelRule.offsetRange)
        rule.deadBand = section.decimal("deadBand", default: rule.deadBand, in: ChannelRule.deadBandRange)
        rule.intervalMinMilliseconds = section.integer(
            "intervalMinMilliseconds",
            default: rule.intervalMinMilliseconds,
            in: ChannelRule.intervalRange,
            unit: "(milliseconds)"
        )
        rule.intervalMaxMilliseconds = section.integer(
            "intervalMaxMilliseconds",
            default: rule.intervalMaxMilliseconds,
            in: ChannelRule.intervalRange,
            unit: "(milliseconds)"
        )
        return rule
    }

    private static func isChannelName(_ name: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
        let bytes = Array(name.utf8)
        guard (1...64).contains(bytes.count), isLetter(bytes[0]) else { return false }
        return bytes.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
            && !TelemetryBody.reservedKeys.contains(name)
    }
}
