extension JSONWriter {
    /// Writes a whole tree.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: self.null()
        case .bool(let value): self.bool(value)
        case .integer(let value): self.number(value)
        case .number(let value): self.number(value)
        case .string(let value): self.string(value)
        case .array(let elements):
            self.beginArray()
            for element in elements { self.value(element) }
            self.endArray()
        case .object(let object):
            self.object(object)
        }
    }

    /// Writes an object's members in their order.
    package mutating func object(_ object: JSONObject) {
        self.beginObject()
        for member in object {
            self.key(member.name)
            self.value(member.value)
        }
        self.endObject()
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as compact JSON in UTF-8.
    package var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// The value as compact JSON.
    package var description: String {
        String(decoding: self.bytes, as: UTF8.self)
    }
}

extension JSONObject: CustomStringConvertible {
    /// The object as compact JSON in UTF-8.
    package var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.object(self)
        return writer.bytes
    }

    /// The object as compact JSON.
    package var description: String {
        String(decoding: self.bytes, as: UTF8.self)
    }
}
