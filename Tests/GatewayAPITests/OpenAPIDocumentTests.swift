import HTTPTypes
import HubProtocol
import NIOHTTP1
import TelemetryJSON
import Testing

@testable import GatewayAPI

@Suite("The API's own description, OpenAPI 3.1")
struct OpenAPIDocumentTests {
    private static func document() throws -> JSONObject {
        try #require(try JSONValue(parsing: OpenAPIDocument.make(of: APIOperation.all, version: "1.2.3")).object)
    }

    @Test("the document is JSON of version 3.1, with every operation under its path and method")
    func operations() throws {
        let document = try Self.document()
        #expect(document["openapi"]?.string == "3.1.0")
        let paths = try #require(document["paths"]?.object)
        var found = 0
        for operation in APIOperation.all {
            let told = paths[operation.template]?.object?[operation.method.rawValue.lowercased()]?.object
            #expect(told?["operationId"]?.string == operation.id)
            found += 1
        }
        let told = paths.reduce(0) { $0 + ($1.value.object?.count ?? 0) }
        #expect(told == found)
        #expect(Set(APIOperation.all.map(\.id)).count == found, "ids are unique")
    }

    @Test("every name in a path is a parameter, and every reference has its schema")
    func references() throws {
        let document = try Self.document()
        for operation in APIOperation.all {
            for name in operation.pathParameters { #expect(operation.template.contains("{\(name)}")) }
        }
        let schemas = try #require(document["components"]?.object?["schemas"]?.object)
        var missing = [String]()
        func look(_ value: JSONValue) {
            switch value {
            case .object(let object):
                if let reference = object["$ref"]?.string, let name = reference.split(separator: "/").last,
                    schemas[String(name)] == nil
                {
                    missing.append(reference)
                }
                for member in object { look(member.value) }
            case .array(let elements):
                for element in elements { look(element) }
            case .null, .bool, .integer, .number, .string:
                break
            }
        }
        look(.object(document))
        #expect(missing.isEmpty)
    }

    @Test("the document is served to every policy that may read something, and names no other routes than there are")
    func served() async throws {
        try await APIFixture.run { api in
            let answer = try await api.send(.GET, "/openapi.json", authorization: api.token(policy: "registryRead"))
            #expect(answer.status == 200)
            #expect(try JSONValue(parsing: answer.body).object?["openapi"]?.string == "3.1.0")
            #expect(try await api.send(.GET, "/openapi.json", authorization: nil).status == 401)
            let told = APIOperation.all.flatMap { operation in
                ([operation.path] + operation.otherPaths).map { path in
                    "\(operation.method.rawValue) \(Self.template(of: path))"
                }
            }
            let served = Set(api.api.routes)
            #expect(served.isSuperset(of: told), "\(Set(told).subtracting(served))")
            // What is served beside: fixed paths that a name could stand for, and the WebSockets' refusals.
            let beside = served.subtracting(told).filter { route in
                let path = String(route.drop { $0 != "/" })
                return path != "/mqtt" && !path.hasSuffix("/websocket")
                    && !APIOperation.all.contains {
                        $0.captures(in: path) != nil && route.hasPrefix($0.method.rawValue)
                    }
            }
            #expect(beside.isEmpty, "\(beside)")
        }
    }

    /// `/devices/{id}` of `/devices/:id`, as the router tells its paths.
    private static func template(of path: String) -> String {
        path.split(separator: "/").reduce("") { $0 + ($1.hasPrefix(":") ? "/{\($1.dropFirst())}" : "/\($1)") }
    }

    @Test("without a token every operation answers 401, but the time and those refused to everybody")
    func tokens() async throws {
        try await APIFixture.run(\.isObservationAnonymous, false) { api in
            for operation in APIOperation.all {
                let answer = try await api.send(
                    HTTPMethod(rawValue: operation.method.rawValue),
                    "\(operation.path.replacing(":", with: ""))?api-version=1",
                    authorization: nil,
                    body: operation.body == nil ? nil : "{}"
                )
                let open = operation.id == APIOperation.getTime.id ? 200 : 403
                #expect(
                    answer.status == (operation.access.needed.isEmpty ? open : 401),
                    "\(operation.id) \(answer.body)"
                )
            }
        }
    }

    @Test("every operation with api-version in the document wants it, the others do without")
    func versions() async throws {
        try await APIFixture.run { api in
            for operation in APIOperation.all where operation.method == .get && operation.id != "getBackup" {
                let answer = try await api.send(.GET, operation.path.replacing(":", with: ""))
                let isWanted = answer.status == 400 && answer.body.contains("api-version")
                #expect(isWanted == operation.isVersioned, "\(operation.id) \(answer.status) \(answer.body)")
            }
        }
    }

    @Test("a device may be called query")
    func fixedPath() async throws {
        try await APIFixture.run { api in
            let target = "/devices/query?api-version=1"
            let made = try await api.send(.PUT, target, body: #"{"deviceId":"query"}"#)
            #expect(made.status == 200)
            #expect(try await api.send(.GET, target).body.contains(#""deviceId":"query""#))
            #expect(try await api.send(.POST, target, body: #"{"query":"SELECT * FROM devices"}"#).status == 200)
            #expect(try await api.send(.DELETE, target).status == 204)
            #expect(try await api.send(.GET, target).status == 404)
        }
    }
}
