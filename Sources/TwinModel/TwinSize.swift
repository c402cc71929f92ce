package import TelemetryJSON

/// How much a section holds.
///
/// Source: contract twins section 5; ``weight`` is the gateway's own.
package struct TwinSize: Equatable, Sendable {
    /// As the limits count it: names and strings in UTF-8 without their control characters, numbers 8, booleans 4, null 0,
    /// objects and arrays the sum of what is in them.
    package private(set) var counted = 0
    /// As it takes room: names and strings with all their bytes, numbers 8, booleans 4, and 1 for every value. Without a bound
    /// of it, control characters, nulls and empty arrays, which count nothing, would make a twin as large as one likes.
    package private(set) var weight = 0

    /// The size of an object's members.
    package init(of object: JSONObject) {
        self.add(object)
    }

    private mutating func add(_ object: JSONObject) {
        for member in object {
            self.add(member.name)
            self.add(member.value)
        }
    }

    private mutating func add(_ value: JSONValue) {
        self.weight += 1
        switch value {
        case .null: break
        case .bool: self.add(bytes: 4)
        case .integer, .number: self.add(bytes: 8)
        case .string(let text): self.add(text)
        case .array(let elements): for element in elements { self.add(element) }
        case .object(let object): self.add(object)
        }
    }

    private mutating func add(bytes: Int) {
        self.counted += bytes
        self.weight += bytes
    }

    private mutating func add(_ text: String) {
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte >= 0x20, byte != 0x7F { self.counted += 1 }
            // U+0080 to U+009F are C2 80 to C2 9F.
            if previous == 0xC2, byte < 0xA0 { self.counted -= 2 }
            previous = byte
        }
        self.weight += text.utf8.count
    }
}
