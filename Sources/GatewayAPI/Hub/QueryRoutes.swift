import DeviceHub
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON

/// Fleet queries over HTTP.
///
/// Source: contract iothub-rest section 4.
struct QueryRoutes: Sendable {
    let queries: QueryService
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.query, use: self.query)
    }

    @Sendable private func query(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let size = try PageSize.of(request)
        let body = try await request.object(limit: self.configuration.identityBodyBytesMax)
        guard let text = body["query"]?.string else {
            throw HubError(.argumentInvalid, #"the body has no text in “query”, expected {"query":"SELECT …"}"#)
        }
        let page = try await self.queries.run(
            text,
            pageSize: size,
            continuation: request.headers[.continuation].flatMap { $0.isEmpty ? nil : $0 }
        )
        var response = Response.documents(page.items)
        response.headers[.itemType] = page.itemType
        if let continuation = page.continuation { response.headers[.continuation] = continuation }
        return response
    }
}
