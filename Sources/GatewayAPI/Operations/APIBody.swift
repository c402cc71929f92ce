/// What a request or an answer carries.
struct APIBody: Sendable {
    let contentType: String
    let schema: APISchema
    /// Of a request: whether it may not be left out.
    var isRequired = true

    /// A JSON body.
    static func json(_ schema: APISchema, isRequired: Bool = true) -> APIBody {
        APIBody(contentType: "application/json", schema: schema, isRequired: isRequired)
    }

    /// JSON lines.
    static let lines = APIBody(contentType: "application/x-ndjson", schema: .text)
    /// Any bytes.
    static let bytes = APIBody(contentType: "application/octet-stream", schema: .text, isRequired: false)
}
