import TelemetryJSON

/// A JSON Schema (draft 2020-12), as far as the document needs one.
indirect enum APISchema: Equatable, Sendable {
    /// One of ``APISchemas``.
    case reference(String)
    /// An array of these.
    case array(APISchema)
    /// JSON text.
    case raw(String)

    /// Any JSON value.
    static let any = APISchema.raw("{}")
    /// Any JSON object.
    static let object = APISchema.raw(#"{"type":"object"}"#)
    /// Any string.
    static let text = APISchema.raw(#"{"type":"string"}"#)
    /// A string that is not empty.
    static let name = APISchema.raw(#"{"type":"string","minLength":1,"maxLength":128}"#)
    /// ISO 8601.
    static let time = APISchema.raw(#"{"type":"string","format":"date-time"}"#)
    /// `true` or `false`.
    static let flag = APISchema.raw(#"{"type":"boolean"}"#)

    /// A whole number.
    static func integer(_ range: ClosedRange<Int>) -> APISchema {
        .raw(#"{"type":"integer","minimum":\#(range.lowerBound),"maximum":\#(range.upperBound)}"#)
    }

    /// Writes the schema as a value.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .reference(let name):
            writer.beginObject()
            writer.key("$ref")
            writer.string("#/components/schemas/\(name)")
            writer.endObject()
        case .array(let element):
            writer.beginObject()
            writer.key("type")
            writer.string("array")
            writer.key("items")
            element.write(to: &writer)
            writer.endObject()
        case .raw(let json):
            writer.raw(json.utf8)
        }
    }
}
