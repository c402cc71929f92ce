internal import TelemetryJSON
internal import TelemetryModel

/// Reads what a query names of a topic's records into the slots of a row, and nothing else.
struct PayloadReader: Sendable {
    private struct Field: Sendable {
        var slot: Int
        /// Whether the record's device id takes its place when it is missing.
        var isElseDevice: Bool
        /// Whether nobody reads it as text: it is only the instant of `TIMESTAMP BY`.
        var isInstantOnly: Bool
    }

    private struct Metadata: Sendable {
        var slot: Int
        var read: RecordMetadata
    }

    private var scanner: JSONPathScanner
    private let fields: [Field]
    private let metadata: [Metadata]
    private let topic: StreamValue
    /// The place among the fields of what `TIMESTAMP BY` names, when it is nothing but a field.
    private let timestampField: Int?

    /// A reader for an input.
    ///
    /// - Parameters:
    ///   - input: What is read.
    ///   - topic: The topic's name.
    ///   - isInstantOnly: Whether nothing but `TIMESTAMP BY` reads the slot that it names.
    init(_ input: InputPlan, topic: String, isInstantOnly: Bool) {
        let instantSlot = isInstantOnly ? input.timestamp?.expression.slot : nil
        var paths: [JSONPath] = []
        var fields: [Field] = []
        var metadata: [Metadata] = []
        for (place, read) in input.reads.enumerated() {
            let slot = input.firstSlot + place
            switch read {
            case .path(let path):
                paths.append(path)
                fields.append(Field(slot: slot, isElseDevice: false, isInstantOnly: slot == instantSlot))
            case .pathElseDevice(let path):
                paths.append(path)
                fields.append(Field(slot: slot, isElseDevice: true, isInstantOnly: false))
            case .whole:
                paths.append(JSONPath([]))
                fields.append(Field(slot: slot, isElseDevice: false, isInstantOnly: slot == instantSlot))
            case .metadata(let read): metadata.append(Metadata(slot: slot, read: read))
            case .column: break
            }
        }
        self.scanner = JSONPathScanner(paths: paths, stopsWhenAllFound: false)
        self.fields = fields
        self.metadata = metadata
        self.topic = .nvarchar(topic)
        let slot = input.timestamp?.expression.slot
        self.timestampField = slot.flatMap { slot in fields.firstIndex { $0.slot == slot } }
    }

    /// Reads one JSON object.
    ///
    /// - Parameters:
    ///   - text: The object, as it lies in the event's payload.
    ///   - event: Its record.
    ///   - device: The record's device id.
    ///   - row: Whose slots are filled.
    /// - Returns: Whether the row says another device than the record.
    /// - Throws: The first fault in the text.
    @inline(__always)
    mutating func read(
        _ text: UnsafeBufferPointer<UInt8>,
        of event: StreamEvent,
        device: StreamValue,
        into row: inout StreamRow
    ) throws(JSONError) -> Bool {
        try self.scanner.scan(text)
        var saysDevice = false
        for index in self.fields.indices {
            let field = self.fields[index]
            let match = self.scanner.matches[index]
            switch match {
            case .number(let value): row.slots[field.slot] = .float(value)
            case .integer(let value): row.slots[field.slot] = .bigint(value)
            case .missing where field.isElseDevice: row.slots[field.slot] = device
            case .missing, .null: row.slots[field.slot] = .null
            case .string where field.isInstantOnly: row.slots[field.slot] = .null
            case .bool, .string, .compound: row.slots[field.slot] = StreamValue(match, in: text)
            }
            if field.isElseDevice, match != .missing { saysDevice = true }
        }
        for item in self.metadata {
            row.slots[item.slot] = self.value(item.read, of: event, device: device)
        }
        return saysDevice
    }

    /// The instant of `TIMESTAMP BY` in the object that was just read, when it is a field with an ISO 8601 text; else `nil`.
    @inline(__always)
    func instant(in text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        guard let field = self.timestampField, case .string(let range, false) = self.scanner.matches[field] else {
            return nil
        }
        return Timestamp(iso8601Bytes: UnsafeBufferPointer(rebasing: text[range]))
    }

    /// Fills the slot of `TIMESTAMP BY` also when only that reads it.
    func fillInstant(in text: UnsafeBufferPointer<UInt8>, into row: inout StreamRow) {
        guard let place = self.timestampField, self.fields[place].isInstantOnly else { return }
        row.slots[self.fields[place].slot] = StreamValue(self.scanner.matches[place], in: text)
    }

    private func value(_ read: RecordMetadata, of event: StreamEvent, device: StreamValue) -> StreamValue {
        switch read {
        case .enqueuedTime: .datetime(event.enqueued)
        case .partition: .bigint(Int64(event.partition))
        case .offset: .bigint(event.offset)
        case .topic: self.topic
        case .device: device
        case .header(let name):
            event.headers.first { $0.name == name }.map { .nvarchar($0.value) } ?? .null
        }
    }
}
