import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON
import TelemetryModel
import TwinModel

/// Automatic device management over HTTP.
///
/// Source: contract iothub-rest section 7.
struct ConfigurationRoutes: Sendable {
    /// As many as there may be.
    private static let pageMax = 100

    let service: any ConfigurationServing
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.listConfigurations, use: self.list)
        table.add(.getConfiguration, use: self.get)
        table.add(.putConfiguration, use: self.put)
        table.add(.deleteConfiguration, use: self.delete)
        table.add(.testConfigurationQueries, use: self.test)
        table.add(.applyConfiguration, use: self.apply)
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let query = try QueryParameters(request.uri)
        try query.requireVersion()
        let top = query["top"].flatMap(Int.init).flatMap { (1...ConfigurationRoutes.pageMax).contains($0) ? $0 : nil }
        return .documents(try await self.service.configurations(top: top ?? ConfigurationRoutes.pageMax))
    }

    @Sendable private func get(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.text("configuration", context)
        return ConfigurationRoutes.answer(try await self.service.configuration(id))
    }

    /// Without If-Match a configuration is made, with it one that exists is changed.
    @Sendable private func put(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.text("configuration", context)
        let body = try await request.object(limit: self.configuration.documentBytesMax)
        guard body["id"] == nil || body["id"]?.string == id else {
            throw HubError(
                .argumentInvalid,
                "the path names “\(id.prefix(160))” and the body another id: they must be the same"
            )
        }
        let condition = request.headers[.ifMatch].map(EntityTagCondition.init(header:))
        let answer = try await self.service.put(id, body, ifMatch: condition, author: context.author)
        return ConfigurationRoutes.answer(answer)
    }

    /// Without If-Match like `If-Match: *`.
    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.text("configuration", context)
        let condition = request.headers[.ifMatch].map(EntityTagCondition.init(header:)) ?? .any
        try await self.service.delete(id, ifMatch: condition, author: context.author)
        return Response(status: .noContent)
    }

    @Sendable private func test(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let body = try await request.object(limit: self.configuration.documentBytesMax)
        return .document(try await self.service.testQueries(body))
    }

    @Sendable private func apply(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.identity(context)
        let content = try await request.object(limit: self.configuration.documentBytesMax)
        try await self.service.apply(content: content, to: id, author: context.author)
        return Response(status: .noContent)
    }

    private static func answer(_ document: JSONObject) -> Response {
        .document(document, etag: document["etag"]?.string)
    }
}
