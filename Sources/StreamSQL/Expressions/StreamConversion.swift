internal import TelemetryJSON
internal import TelemetryModel

/// `CAST`: how a value becomes one of another type.
enum StreamConversion {
    /// The value in the type; `NULL` stays.
    ///
    /// - Throws: When it has none there.
    static func cast(_ value: StreamValue, to type: StreamType) throws(StreamFault) -> StreamValue {
        let converted: StreamValue?
        switch type {
        case .bigint: converted = StreamConversion.bigint(value)
        case .float: converted = StreamConversion.float(value)
        case .nvarchar: converted = value.isNull ? .null : .nvarchar(try StreamConversion.text(value))
        case .datetime: converted = StreamConversion.datetime(value)
        case .bit: converted = StreamConversion.bit(value)
        case .null, .record, .array: converted = nil
        }
        if let converted { return converted }
        throw StreamFault("\(value.faultText) is no \(type.rawValue)")
    }

    /// The text of a value: numbers as short as they read back, instants as ISO 8601, records and arrays as JSON, bits as
    /// `1` and `0`.
    static func text(_ value: StreamValue) throws(StreamFault) -> String {
        switch value {
        case .null: return ""
        case .bit(let value): return value ? "1" : "0"
        case .bigint(let value): return String(value)
        case .float(let value):
            let text = value.description
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        case .nvarchar(let value): return value
        case .datetime(let value): return value.description
        case .record, .array:
            var writer = JSONWriter()
            writer.value(value)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }

    /// Fractions are cut off.
    private static func bigint(_ value: StreamValue) -> StreamValue? {
        switch value {
        case .null, .bigint: value
        case .bit(let value): .bigint(value ? 1 : 0)
        case .float(let value): Int64(exactly: value.rounded(.towardZero)).map { .bigint($0) }
        case .nvarchar(let value): Int64(StreamConversion.trimmed(value)).map { .bigint($0) }
        case .datetime, .record, .array: nil
        }
    }

    private static func float(_ value: StreamValue) -> StreamValue? {
        switch value {
        case .null, .float: value
        case .bit(let value): .float(value ? 1 : 0)
        case .bigint(let value): .float(Double(value))
        case .nvarchar(let value): StreamConversion.decimal(value).flatMap(StreamValue.finite)
        case .datetime, .record, .array: nil
        }
    }

    private static func datetime(_ value: StreamValue) -> StreamValue? {
        switch value {
        case .null, .datetime: value
        case .nvarchar(let value): Timestamp(iso8601: StreamConversion.trimmed(value)).map { .datetime($0) }
        case .bit, .bigint, .float, .record, .array: nil
        }
    }

    private static func bit(_ value: StreamValue) -> StreamValue? {
        switch value {
        case .null, .bit: return value
        case .bigint(let value): return .bit(value != 0)
        case .float(let value): return .bit(value != 0)
        case .nvarchar(let value):
            switch StreamConversion.trimmed(value).lowercased() {
            case "true", "1": return .bit(true)
            case "false", "0": return .bit(false)
            default: return nil
            }
        case .datetime, .record, .array: return nil
        }
    }

    private static func trimmed(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        scalars = scalars.drop { $0.properties.isWhitespace }
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        return String(scalars)
    }

    /// Decimal digits with point and exponent; Swift's hexadecimal floats, `nan` and `inf` are no numbers here.
    private static func decimal(_ text: String) -> Double? {
        let text = StreamConversion.trimmed(text)
        let isDecimal = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
        }
        return isDecimal ? Double(text) : nil
    }
}
