/// Transducer measurements of NMEA 0183: `$WIXDR,C,21.5,C,TEMP,H,40.2,P,HUMI*5D`, groups of type, value, unit, name.
///
/// A checksum is required when there is a `*`. Source: NMEA 0183 version 4.11, sentence XDR.
package struct XDRSentence: Equatable, Sendable {
    /// A channel, and which transducer's: an empty name takes the first of its type.
    package var fields: [LineField]

    package init(_ fields: [LineField]) {
        self.fields = fields
    }

    /// Reads a line without its end; `nil` for other sentences and for those without any of the transducers.
    package func readings(in line: ArraySlice<UInt8>) -> [ChannelReading]? {
        guard line.first == UInt8(ascii: "$"), line.count > 7, line.dropFirst(3).starts(with: Array("XDR,".utf8)) else {
            return nil
        }
        var body = line.dropFirst()
        if let star = body.firstIndex(of: UInt8(ascii: "*")) {
            let given = body[(star + 1)...]
            body = body[..<star]
            guard Self.isGood(given, for: body) else {
                return self.fields.map { ChannelReading($0.quantity, .bad(.crc)) }
            }
        }
        let parts = body.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).dropFirst()
        var readings: [ChannelReading] = []
        for field in self.fields {
            var index = parts.startIndex
            while index + 3 < parts.endIndex {
                let group = parts[index..<index + 4].map { $0 }
                index += 4
                guard Self.isOf(group, field) else { continue }
                readings.append(LineFormat.reading(field.quantity, Self.value(of: group, field.quantity)))
                break
            }
        }
        return readings.isEmpty ? nil : readings
    }

    /// The exclusive or of all characters between `$` and `*`.
    package static func checksum(of body: some Sequence<UInt8>) -> UInt8 {
        body.reduce(0) { $0 ^ $1 }
    }

    private static func isGood(_ digits: ArraySlice<UInt8>, for body: ArraySlice<UInt8>) -> Bool {
        guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
            return false
        }
        return value == self.checksum(of: body)
    }

    private static func isOf(_ group: [ArraySlice<UInt8>], _ field: LineField) -> Bool {
        guard group[0].count == 1, group[0].first == self.types[field.quantity] else { return false }
        return field.name.isEmpty || field.name.utf8.elementsEqual(group[3])
    }

    /// The letters of transducers' types; NMEA has none for other quantities.
    package static let types: [Quantity: UInt8] = [
        .temperature: UInt8(ascii: "C"), .humidity: UInt8(ascii: "H"), .pressure: UInt8(ascii: "P"),
    ]

    /// The value in the quantity's unit; `nil` when it is no number or its unit is unknown.
    private static func value(of group: [ArraySlice<UInt8>], _ quantity: Quantity) -> Double? {
        switch (quantity, group[2].count == 1 ? group[2].first : nil) {
        case (.temperature, UInt8(ascii: "C")), (.humidity, UInt8(ascii: "P")):
            LineNumber.parse(group[1])
        case (.pressure, UInt8(ascii: "B")):
            LineNumber.parse(group[1], timesTenTo: 3)  // bar
        case (.pressure, UInt8(ascii: "P")):
            LineNumber.parse(group[1], timesTenTo: -2)  // pascal
        default: nil
        }
    }
}
