package import TelemetryJSON

extension JSONObject {
    /// The object without the members that are `null`, at any depth: a null in a new object means "not there" (RFC 7386).
    /// Nulls inside arrays are data.
    package var withoutNulls: JSONObject {
        guard self.hasNulls else { return self }
        var result = JSONObject()
        for member in self {
            switch member.value {
            case .null: continue
            case .object(let inner): result.set(member.name, to: .object(inner.withoutNulls))
            case .bool, .integer, .number, .string, .array: result.set(member.name, to: member.value)
            }
        }
        return result
    }

    private var hasNulls: Bool {
        self.contains { $0.value == .null || $0.value.object?.hasNulls == true }
    }
}
