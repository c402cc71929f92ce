/// Values by key: `T=21.50 H=40.20`, parted by blanks, commas or semicolons.
package struct KeyValueLine: Equatable, Sendable {
    package var fields: [LineField]

    package init(_ fields: [LineField]) {
        self.fields = fields
    }

    /// Reads a line without its end; `nil` when none of the keys is in it, and `parse` for one that is missing alone.
    package func readings(in line: ArraySlice<UInt8>) -> [ChannelReading]? {
        var readings = self.fields.map { ChannelReading($0.quantity, .bad(.parse)) }
        var isOurs = false
        for token in line.split(whereSeparator: Self.isSeparator) {
            guard let equals = token.firstIndex(of: UInt8(ascii: "=")) else { continue }
            for (index, field) in self.fields.enumerated() where field.name.utf8.elementsEqual(token[..<equals]) {
                isOurs = true
                readings[index] = LineFormat.reading(field.quantity, LineNumber.parse(token[(equals + 1)...]))
            }
        }
        return isOurs ? readings : nil
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        LineFormat.isBlank(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
    }
}
