internal import TelemetryModel

extension StreamValue {
    /// Appends bytes that are the same for values that `GROUP BY` takes for one, and only for those.
    package func appendKey(to key: inout [UInt8]) {
        switch self {
        case .null:
            key.append(0)
        case .bit(let value):
            key.append(value ? 2 : 1)
        case .bigint(let value):
            StreamValue.append(3, UInt64(bitPattern: value), to: &key)
        case .float(let value):
            // 1.0 is the same as 1, and -0 as 0.
            if let whole = Int64(exactly: value) {
                StreamValue.append(3, UInt64(bitPattern: whole), to: &key)
            } else {
                StreamValue.append(4, value.bitPattern, to: &key)
            }
        case .nvarchar(let value):
            StreamValue.append(5, value, to: &key)
        case .datetime(let value):
            StreamValue.append(6, UInt64(bitPattern: value.milliseconds), to: &key)
        case .array(let elements):
            StreamValue.append(7, UInt64(elements.count), to: &key)
            for element in elements { element.appendKey(to: &key) }
        case .record(let record):
            StreamValue.append(8, UInt64(record.values.count), to: &key)
            for name in record.fields.names.sorted(by: { StreamText.order($0, $1) < 0 }) {
                StreamValue.append(5, name, to: &key)
                (record[name] ?? .null).appendKey(to: &key)
            }
        }
    }

    private static func append(_ tag: UInt8, _ bits: UInt64, to key: inout [UInt8]) {
        key.append(tag)
        withUnsafeBytes(of: bits.littleEndian) { key.append(contentsOf: $0) }
    }

    private static func append(_ tag: UInt8, _ text: String, to key: inout [UInt8]) {
        StreamValue.append(tag, UInt64(text.utf8.count), to: &key)
        key.append(contentsOf: text.utf8)
    }
}
