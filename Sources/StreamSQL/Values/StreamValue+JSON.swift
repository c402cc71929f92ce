package import TelemetryJSON
internal import TelemetryModel

extension StreamValue {
    /// A value from JSON: `true` is a `bit`, numbers without fraction and exponent are `bigint`, other numbers `float`.
    package init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bit(value)
        case .integer(let value): self = .bigint(value)
        case .number(let value): self = .float(value)
        case .string(let value): self = .nvarchar(value)
        case .array(let elements): self = .array(elements.map { StreamValue($0) })
        case .object(let object):
            self = .record(
                StreamRecord(StreamFields(object.map(\.name)), object.map { StreamValue($0.value) })
            )
        }
    }

    /// What a scanner found; what is missing is `NULL`, and so is a compound value that is no JSON.
    ///
    /// - Parameters:
    ///   - match: One of the scanner's matches.
    ///   - text: What was scanned.
    package init(_ match: JSONPathMatch, in text: UnsafeBufferPointer<UInt8>) {
        switch match {
        case .missing, .null: self = .null
        case .bool(let value): self = .bit(value)
        case .integer(let value): self = .bigint(value)
        case .number(let value): self = .float(value)
        case .string(let range, let hasEscapes):
            self = .nvarchar(JSONPathScanner.string(range, hasEscapes: hasEscapes, in: text))
        case .compound(let range):
            let json = try? JSONValue(parsing: UnsafeBufferPointer(rebasing: text[range]))
            self = json.map { StreamValue($0) } ?? .null
        }
    }

    /// The value a path leads to; `NULL` when it leads nowhere.
    package func value(at path: JSONPath) -> StreamValue {
        self.value(at: path.steps[...])
    }

    private func value(at steps: ArraySlice<JSONPath.Step>) -> StreamValue {
        guard let step = steps.first else { return self }
        switch (self, step) {
        case (.record(let record), .name(let name)):
            return record[name]?.value(at: steps.dropFirst()) ?? .null
        case (.array(let elements), .index(let index)):
            return elements.indices.contains(index) ? elements[index].value(at: steps.dropFirst()) : .null
        case (.null, _), (.bit, _), (.bigint, _), (.float, _), (.nvarchar, _), (.datetime, _), (.record, _),
            (.array, _):
            return .null
        }
    }
}

extension JSONWriter {
    /// Writes a value: a `datetime` as ISO 8601 text, a whole `float` with its point (`21.0`), so that it stays a `float`.
    package mutating func value(_ value: StreamValue) {
        switch value {
        case .null: self.null()
        case .bit(let value): self.bool(value)
        case .bigint(let value): self.number(value)
        case .float(let value): self.number(value)
        case .nvarchar(let value): self.string(value)
        case .datetime(let value): self.string(utf8: value.iso8601)
        case .record(let record): self.record(record)
        case .array(let elements):
            self.beginArray()
            for element in elements { self.value(element) }
            self.endArray()
        }
    }

    /// Writes a record as an object, with its members in order.
    package mutating func record(_ record: StreamRecord) {
        self.beginObject()
        for (place, name) in record.fields.names.enumerated() {
            self.key(name)
            self.value(record.values[place])
        }
        self.endObject()
    }
}
