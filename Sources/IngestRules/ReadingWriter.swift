import TelemetryJSON
import TelemetryModel

/// Writes one reading, `{"ts":"…","temperature":21.42}`; a name stands in it once, the first value counts.
struct ReadingWriter {
    private(set) var json: JSONWriter
    /// Values written, `ts` not counted.
    private(set) var count = 0
    private var names: Set<[UInt8]> = []

    init(capacity: Int) {
        self.json = JSONWriter(capacity: capacity)
    }

    /// Begins an object; names count anew.
    mutating func begin(at instant: Timestamp) {
        self.names.removeAll(keepingCapacity: true)
        self.json.beginObject()
        self.json.key("ts")
        self.json.string(utf8: instant.iso8601)
    }

    mutating func end() {
        self.json.endObject()
    }

    /// Begins a value; `false` when there is one of this name, or when the name is `ts`.
    mutating func take(_ name: some Sequence<UInt8>) -> Bool {
        let bytes = Array(name)
        guard !bytes.elementsEqual("ts".utf8), self.names.insert(bytes).inserted else { return false }
        self.json.key(String(decoding: bytes, as: UTF8.self))
        self.count += 1
        return true
    }

    mutating func write(_ value: ConstantValue) {
        switch value {
        case .boolean(let value): self.json.bool(value)
        case .number(let text): self.json.number(verbatim: text)
        case .string(let text): self.json.string(text)
        }
    }

    /// Writes a number's own text, which is known to be JSON.
    mutating func writeNumber(_ text: some Collection<UInt8>) {
        self.json.raw(text)
    }

    mutating func writeText(_ text: some Collection<UInt8>) {
        self.json.string(utf8: text)
    }

    mutating func write(_ value: Bool) {
        self.json.bool(value)
    }

    mutating func writeNull() {
        self.json.null()
    }

    mutating func beginArray() {
        self.json.beginArray()
    }

    mutating func endArray() {
        self.json.endArray()
    }
}
