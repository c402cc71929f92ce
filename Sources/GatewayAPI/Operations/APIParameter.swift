/// A parameter of an operation, as the document tells of it.
struct APIParameter: Sendable {
    /// Where it stands; the raw values are OpenAPI's.
    enum Place: String, Sendable {
        case path
        case query
        case header
    }

    let name: String
    let place: Place
    let isRequired: Bool
    let schema: APISchema
    let summary: String

    /// A parameter of the query.
    static func query(
        _ name: String,
        _ schema: APISchema,
        _ summary: String,
        isRequired: Bool = false
    ) -> APIParameter {
        APIParameter(name: name, place: .query, isRequired: isRequired, schema: schema, summary: summary)
    }

    /// A header field.
    static func header(
        _ name: String,
        _ schema: APISchema,
        _ summary: String,
        isRequired: Bool = false
    ) -> APIParameter {
        APIParameter(name: name, place: .header, isRequired: isRequired, schema: schema, summary: summary)
    }

    /// `If-Match`, where it is obeyed.
    static let ifMatch = APIParameter.header(
        "If-Match",
        .text,
        "an etag, with or without quotes; * for whatever there is"
    )
    /// Of every call of the contract.
    static let version = APIParameter.query(
        "api-version",
        .raw(#"{"type":"string","minLength":1,"default":"2021-04-12"}"#),
        "the version of the contract that the caller was written for; any",
        isRequired: true
    )

    /// A part of the path, by its name there; every name means one thing in the whole API.
    static func path(_ name: String) -> APIParameter {
        let (schema, summary) =
            switch name {
            case "id": (APISchema.reference("Id"), "the device")
            case "module": (APISchema.reference("Id"), "the module of the device")
            case "topic": (APISchema.name, "the topic of the log")
            case "import": (APISchema.raw(#"{"type":"string","pattern":"^[A-Za-z0-9]{1,64}$"}"#), "the import")
            case "name": (APISchema.name, "the application")
            case "lock": (APISchema.name, "what GET gave as ETag")
            case "configuration": (APISchema.name, "the configuration")
            case "job": (APISchema.name, "the job")
            case "enrollment": (APISchema.name, "the enrollment")
            case "serial":
                (APISchema.raw(#"{"type":"string","pattern":"^[0-9A-Fa-f]{2,40}$"}"#), "the certificate's serial, hex")
            case "registration": (APISchema.name, "the registration id, or the enrollment group")
            case "component": (APISchema.name, "the component of the device's model")
            case "command": (APISchema.name, "the command of the device's model")
            default: (APISchema.name, name)
            }
        return APIParameter(name: name, place: .path, isRequired: true, schema: schema, summary: summary)
    }
}
