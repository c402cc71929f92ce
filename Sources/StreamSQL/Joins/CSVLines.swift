/// The lines of a CSV text (RFC 4180), one after the other; a field between quotes may hold commas, line ends and doubled quotes.
struct CSVLines {
    struct Field: Equatable {
        var text: String
        var isQuoted: Bool
    }

    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The next line's fields; `nil` at the end.
    mutating func next() -> [Field]? {
        guard self.position < self.text.count else { return nil }
        var fields: [Field] = []
        while true {
            fields.append(self.field())
            guard self.position < self.text.count else { return fields }
            let separator = self.text[self.position]
            self.position += 1
            if separator == UInt8(ascii: ",") { continue }
            if separator == 0x0D, self.position < self.text.count, self.text[self.position] == 0x0A {
                self.position += 1
            }
            return fields
        }
    }

    /// Reads up to a comma, a line's end or the end.
    private mutating func field() -> Field {
        var bytes: [UInt8] = []
        var isQuoted = false
        var isOpen = false
        while self.position < self.text.count {
            let byte = self.text[self.position]
            if byte == UInt8(ascii: "\"") {
                if isOpen, self.position + 1 < self.text.count, self.text[self.position + 1] == byte {
                    bytes.append(byte)
                    self.position += 1
                } else if isOpen || bytes.isEmpty {
                    isOpen.toggle()
                    isQuoted = true
                } else {
                    bytes.append(byte)
                }
            } else if !isOpen, byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D {
                break
            } else {
                bytes.append(byte)
            }
            self.position += 1
        }
        return Field(text: String(decoding: bytes, as: UTF8.self), isQuoted: isQuoted)
    }
}
