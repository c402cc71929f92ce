/// The lines of Vaisala's HMT and HMP transmitters: `RH= 98.4 %RH T= 31.1 'C`, pairs of name, value and unit.
///
/// What a line holds depends on the transmitter's FORM setting, so values are found by name. Degrees Fahrenheit are
/// converted. Asterisks instead of a value: the transmitter reports a fault.
/// Source: Vaisala HMT310 User's Guide M210619EN, chapter 4, "Serial line commands".
package struct VaisalaLine: Equatable, Sendable {
    package var fields: [LineField]

    package init(_ fields: [LineField]) {
        self.fields = fields
    }

    /// Reads a line without its end; `nil` when none of the names is in it, and `parse` for one that is missing alone.
    package func readings(in line: ArraySlice<UInt8>) -> [ChannelReading]? {
        var readings = self.fields.map { ChannelReading($0.quantity, .bad(.parse)) }
        var isOurs = false
        var rest = line
        while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
            let name = rest[..<equals].split(whereSeparator: LineFormat.isBlank).last ?? []
            rest = rest[(equals + 1)...]
            let tokens = rest.split(maxSplits: 2, whereSeparator: LineFormat.isBlank)
            for (index, field) in self.fields.enumerated() where field.name.utf8.elementsEqual(name) {
                isOurs = true
                let (number, glued) = LineNumber.split(tokens.first ?? [])
                let unit = glued.isEmpty && tokens.count > 1 ? tokens[1] : glued
                readings[index] = Self.reading(field.quantity, number, unit: unit)
            }
        }
        return isOurs ? readings : nil
    }

    private static func reading(
        _ quantity: Quantity,
        _ number: ArraySlice<UInt8>,
        unit: ArraySlice<UInt8>
    ) -> ChannelReading {
        if number.isEmpty, unit.contains(UInt8(ascii: "*")) { return ChannelReading(quantity, .bad(.exception)) }
        var value = LineNumber.parse(number)
        if unit.starts(with: Array("'F".utf8)), let fahrenheit = value { value = (fahrenheit - 32) / 1.8 }
        return LineFormat.reading(quantity, value)
    }
}
