import HTTPTypes
import HubProtocol
import TelemetryJSON

/// The OpenAPI 3.1 document of the operations. Pure.
///
/// Source: OpenAPI Specification 3.1.1.
enum OpenAPIDocument {
    /// Makes the document.
    ///
    /// - Parameters:
    ///   - operations: in the order in which they are told.
    ///   - version: the gateway's.
    /// - Returns: JSON in UTF-8.
    static func make(of operations: [APIOperation], version: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 64 << 10)
        writer.beginObject()
        writer.key("openapi")
        writer.string("3.1.0")
        writer.key("info")
        writer.beginObject()
        writer.key("title")
        writer.string("Weir")
        writer.key("version")
        writer.string(version)
        writer.endObject()
        writer.key("paths")
        self.writePaths(of: operations, to: &writer)
        writer.key("components")
        writer.beginObject()
        writer.key("securitySchemes")
        writer.raw(self.securitySchemes.utf8)
        writer.key("schemas")
        writer.beginObject()
        for schema in APISchemas.all {
            writer.key(schema.name)
            writer.raw(schema.json.utf8)
        }
        writer.endObject()
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    private static let securitySchemes =
        #"{"sas":{"type":"apiKey","in":"header","name":"Authorization","#
        + #""description":"SharedAccessSignature sr=HUB&sig=…&se=…&skn=POLICY"}}"#

    private static func writePaths(of operations: [APIOperation], to writer: inout JSONWriter) {
        writer.beginObject()
        var told = Set<String>()
        for path in operations.map(\.template) where told.insert(path).inserted {
            writer.key(path)
            writer.beginObject()
            for operation in operations where operation.template == path {
                writer.key(operation.method.rawValue.lowercased())
                self.write(operation, to: &writer)
            }
            writer.endObject()
        }
        writer.endObject()
    }

    private static func write(_ operation: APIOperation, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("operationId")
        writer.string(operation.id)
        writer.key("tags")
        writer.beginArray()
        writer.string(operation.tag)
        writer.endArray()
        writer.key("summary")
        writer.string(operation.summary)
        writer.key("description")
        writer.string(self.sentence(for: operation.access))
        writer.key("security")
        writer.beginArray()
        if !operation.access.needed.isEmpty { writer.raw(#"{"sas":[]}"#.utf8) }
        writer.endArray()
        var parameters = operation.pathParameters.map { APIParameter.path($0) }
        if operation.isVersioned { parameters.append(.version) }
        parameters += operation.parameters
        writer.key("parameters")
        writer.beginArray()
        for parameter in parameters { self.write(parameter, to: &writer) }
        writer.endArray()
        if let body = operation.body {
            writer.key("requestBody")
            writer.beginObject()
            writer.key("required")
            writer.bool(body.isRequired)
            self.writeContent(body, to: &writer)
            writer.endObject()
        }
        writer.key("responses")
        writer.beginObject()
        for answer in operation.answers { self.write(answer, named: "\(answer.status)", to: &writer) }
        let error = APIBody.json(.reference("Error"))
        let refusal = APIAnswer.status(400, "refused: iothub-errorcode says why", error, headers: ["iothub-errorcode"])
        let failure = APIAnswer.status(500, "failed: the gateway's log says why", error, headers: ["iothub-errorcode"])
        self.write(refusal, named: "4XX", to: &writer)
        self.write(failure, named: "5XX", to: &writer)
        writer.endObject()
        writer.endObject()
    }

    private static func write(_ parameter: APIParameter, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.string(parameter.name)
        writer.key("in")
        writer.string(parameter.place.rawValue)
        writer.key("required")
        writer.bool(parameter.isRequired)
        writer.key("description")
        writer.string(parameter.summary)
        writer.key("schema")
        parameter.schema.write(to: &writer)
        writer.endObject()
    }

    private static func write(_ answer: APIAnswer, named status: String, to writer: inout JSONWriter) {
        writer.key(status)
        writer.beginObject()
        writer.key("description")
        writer.string(answer.summary)
        if !answer.headers.isEmpty {
            writer.key("headers")
            writer.beginObject()
            for name in answer.headers {
                writer.key(name)
                writer.raw(#"{"schema":{"type":"string"}}"#.utf8)
            }
            writer.endObject()
        }
        if let body = answer.body { self.writeContent(body, to: &writer) }
        writer.endObject()
    }

    private static func writeContent(_ body: APIBody, to writer: inout JSONWriter) {
        writer.key("content")
        writer.beginObject()
        writer.key(body.contentType)
        writer.beginObject()
        writer.key("schema")
        body.schema.write(to: &writer)
        writer.endObject()
        writer.endObject()
    }

    /// Which permissions an operation needs, in words.
    private static func sentence(for access: APIAccess) -> String {
        let sets = access.needed.map { set in
            ServicePolicy.Permissions.names.filter { set.contains($0.permission) }.map(\.name)
                .joined(separator: " or ")
        }
        guard !sets.isEmpty else { return "Needs no token." }
        let open = access.isObservation ? " Over HTTP perhaps without a token: http.metricsAnonymous." : ""
        return "Needs \(sets.joined(separator: " and ")).\(open)"
    }
}
