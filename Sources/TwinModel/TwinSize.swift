package import TelemetryJSON

/// The size of a section as the limits count it: names and strings in UTF-8 without their control characters, numbers 8,
/// booleans 4, null 0, objects and arrays the sum of what is in them.
///
/// Source: contract twins section 5.
package enum TwinSize {
    /// The size of an object's members.
    package static func size(of object: JSONObject) -> Int {
        var size = 0
        for member in object { size += TwinSize.size(of: member.name) + TwinSize.size(of: member.value) }
        return size
    }

    private static func size(of value: JSONValue) -> Int {
        switch value {
        case .null: 0
        case .bool: 4
        case .integer, .number: 8
        case .string(let text): TwinSize.size(of: text)
        case .array(let elements): elements.reduce(0) { $0 + TwinSize.size(of: $1) }
        case .object(let object): TwinSize.size(of: object)
        }
    }

    private static func size(of text: String) -> Int {
        var size = 0
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte >= 0x20, byte != 0x7F { size += 1 }
            // U+0080 to U+009F are C2 80 to C2 9F.
            if previous == 0xC2, byte < 0xA0 { size -= 2 }
            previous = byte
        }
        return size
    }
}
