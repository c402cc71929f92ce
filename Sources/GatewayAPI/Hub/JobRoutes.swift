import DeviceHub
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON

/// Scheduled jobs over HTTP; and import and export jobs, which need blob storage: there are none.
///
/// Source: contract iothub-rest section 8.
struct JobRoutes: Sendable {
    /// What the User-Agent of `azure-iot-hub` has in it.
    private static let packageAgent = "iothubgatewayserviceapis"

    let service: any JobServing
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.createJob, use: self.create)
        table.add(.getJob, use: self.get)
        table.add(.cancelJob, use: self.cancel)
        table.add(.queryJobs, use: self.query)
        table.add(.listTransferJobs, use: self.listTransfers)
        table.add(.createTransferJob, use: self.refuseTransfer)
        table.add(.getTransferJob, use: self.findNoTransfer)
        table.add(.cancelTransferJob, use: self.findNoTransfer)
    }

    @Sendable private func create(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.text("job", context)
        let body = try await request.object(limit: self.configuration.documentBytesMax)
        guard body["jobId"] == nil || body["jobId"]?.string == id else {
            throw HubError(
                .argumentInvalid,
                "the path names “\(id.prefix(160))” and the body another jobId: they must be the same"
            )
        }
        return .document(try await self.service.create(id, body, author: context.author))
    }

    @Sendable private func get(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        return .document(try await self.service.job(try PathParameters.text("job", context)))
    }

    @Sendable private func cancel(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.text("job", context)
        return .document(try await self.service.cancel(id, author: context.author))
    }

    /// An array; `azure-iot-hub` for Python cannot read one here and gets an object.
    @Sendable private func query(_ request: Request, context: APIContext) async throws -> Response {
        let query = try QueryParameters(request.uri)
        try query.requireVersion()
        func text(_ value: String?) -> String? { value.flatMap { $0.isEmpty ? nil : $0 } }
        let page = try await self.service.jobs(
            type: text(query["jobType"]),
            status: text(query["jobStatus"]),
            limit: try PageSize.of(request),
            continuation: text(request.headers[.continuation]) ?? text(query["continuationToken"])
        )
        var response: Response
        if request.headers[.userAgent]?.contains(JobRoutes.packageAgent) ?? false {
            response = .document([
                "type": .string("jobResponse"), "items": .array(page.items.map { .object($0) }),
                "continuationToken": page.continuation.map { .string($0) } ?? .null,
            ])
        } else {
            response = .documents(page.items)
        }
        if let continuation = page.continuation { response.headers[.continuation] = continuation }
        return response
    }

    @Sendable private func listTransfers(_ request: Request, context: APIContext) throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        return .documents([])
    }

    @Sendable private func refuseTransfer(_ request: Request, context: APIContext) throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        throw HubError(
            .notSupported,
            "import and export jobs need blob storage, which this gateway has not: "
                + "`weir device export` and `weir device import` do the same"
        )
    }

    @Sendable private func findNoTransfer(_ request: Request, context: APIContext) throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.text("job", context)
        throw HubError(
            .jobNotFound,
            "there is no import or export job “\(id.prefix(160))”; scheduled jobs are at /jobs/v2"
        )
    }
}
