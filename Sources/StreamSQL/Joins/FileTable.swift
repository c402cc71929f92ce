package import TelemetryJSON
package import TelemetryModel

/// Reference data from a file: JSON (an array of objects, or one object a line) or CSV with a line of names.
package struct FileTable: ReferenceTable {
    private let all: [StreamRecord]

    package var records: [StreamRecord]? { self.all }

    package func record(of device: String, asOf time: Timestamp) -> StreamRecord? { nil }

    package init(_ records: [StreamRecord]) {
        self.all = records
    }

    /// Reads JSON: an array of objects, or objects one after the other on lines of their own.
    ///
    /// - Throws: The first fault, or `notTelemetry` when an element is no object.
    package init(json text: [UInt8]) throws(JSONError) {
        var values: [JSONValue] = []
        if text.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") {
            values = try JSONValue(parsing: text).array ?? []
        } else {
            for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
            where line.contains(where: { $0 > 0x20 }) {
                values.append(try JSONValue(parsing: Array(line)))
            }
        }
        var records: [StreamRecord] = []
        for value in values {
            guard case .record(let record) = StreamValue(value) else { throw JSONError(.notTelemetry, at: 0) }
            records.append(record)
        }
        self.init(records)
    }

    /// Reads CSV (RFC 4180): a field that is a number is one, an empty field without quotes is `NULL`, all else is text. Missing
    /// fields are `NULL`, those beyond the names are left out.
    package init(csv text: [UInt8]) {
        var lines = CSVLines(text)
        guard let header = lines.next() else {
            self.init([])
            return
        }
        let fields = StreamFields(header.map(\.text))
        var records: [StreamRecord] = []
        while let line = lines.next() {
            if line.count == 1, line[0].text.isEmpty { continue }
            let values = fields.names.indices.map { $0 < line.count ? FileTable.value(line[$0]) : .null }
            records.append(StreamRecord(fields, values))
        }
        self.init(records)
    }

    private static func value(_ field: CSVLines.Field) -> StreamValue {
        if field.isQuoted { return .nvarchar(field.text) }
        if field.text.isEmpty { return .null }
        switch try? JSONValue(parsing: Array(field.text.utf8)) {
        case .integer(let number): return .bigint(number)
        case .number(let number): return .float(number)
        case .null, .bool, .string, .array, .object, nil: return .nvarchar(field.text)
        }
    }
}
