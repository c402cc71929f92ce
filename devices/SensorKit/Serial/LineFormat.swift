/// How a line of text carries values. A new format is one file and one case here.
package enum LineFormat: Equatable, Sendable {
    case csv(CSVLine)
    case keyValue(KeyValueLine)
    case json(JSONLine)
    case xdr(XDRSentence)
    case vaisala(VaisalaLine)

    /// What people call it.
    package var name: String {
        switch self {
        case .csv: "CSV lines"
        case .keyValue: "key=value lines"
        case .json: "JSON lines"
        case .xdr: "NMEA sentences"
        case .vaisala: "Vaisala lines"
        }
    }

    /// Reads a line without its end.
    ///
    /// - Returns: a reading for every channel it should have, bad ones with their reason; `nil` when the line is no
    ///   measurement of this sensor at all, such as a greeting or another kind of sentence.
    package mutating func readings(in line: ArraySlice<UInt8>) -> [ChannelReading]? {
        switch self {
        case .json(var format):
            // Text in JSON may be more than ASCII; its scanner checks it.
            defer { self = .json(format) }
            return format.readings(in: line)
        case .csv, .keyValue, .xdr, .vaisala:
            // A byte that no ASCII device sends: a wrong rate or parity, or noise.
            guard line.allSatisfy({ $0 != 0 && $0 < 0x80 }) else { return nil }
        }
        switch self {
        case .csv(let format): return format.readings(in: line)
        case .keyValue(let format): return format.readings(in: line)
        case .xdr(let format): return format.readings(in: line)
        case .vaisala(let format): return format.readings(in: line)
        case .json: return nil
        }
    }

    /// A field's reading: good inside the quantity's range, `parse` when its text is no number.
    static func reading(_ quantity: Quantity, _ value: Double?) -> ChannelReading {
        guard let value else { return ChannelReading(quantity, .bad(.parse)) }
        return .checked(quantity, value, in: quantity.plausibleRange)
    }

    /// A text without blanks around it.
    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let first = text.first, self.isBlank(first) { text.removeFirst() }
        while let last = text.last, self.isBlank(last) { text.removeLast() }
        return text
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
