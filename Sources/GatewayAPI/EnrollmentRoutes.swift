import DeviceHub
import DeviceRegistry
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON
import TwinModel

/// Enrollments and registrations over HTTP, as the provisioning service's REST API has them.
///
/// Without If-Match an enrollment is made, with it one that exists is replaced. Keys are in no answer but that to
/// `attestationmechanism`. Source: contract provisioning sections 2 and 5; Azure "Device Provisioning Service REST API".
struct EnrollmentRoutes: Sendable {
    /// `nil`: this gateway has no provisioning service.
    let service: ProvisioningService?
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.getEnrollment) { try await self.get(.individual, $0, $1) }
        table.add(.putEnrollment) { try await self.put(.individual, $0, $1) }
        table.add(.deleteEnrollment) { try await self.delete(.individual, $0, $1) }
        table.add(.getEnrollmentKeys) { try await self.attestation(.individual, $0, $1) }
        table.add(.queryEnrollments) { try await self.query(.individual, $0, $1) }
        table.add(.getEnrollmentGroup) { try await self.get(.group, $0, $1) }
        table.add(.putEnrollmentGroup) { try await self.put(.group, $0, $1) }
        table.add(.deleteEnrollmentGroup) { try await self.delete(.group, $0, $1) }
        table.add(.getEnrollmentGroupKeys) { try await self.attestation(.group, $0, $1) }
        table.add(.queryEnrollmentGroups) { try await self.query(.group, $0, $1) }
        table.add(.getRegistration, use: self.registration)
        table.add(.deleteRegistration, use: self.deleteRegistration)
        table.add(.queryRegistrations, use: self.queryRegistrations)
    }

    private func get(_ kind: Enrollment.Kind, _ request: Request, _ context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let name = try PathParameters.text("enrollment", context)
        return self.answer(try await self.running().enrollment(kind, name))
    }

    private func put(_ kind: Enrollment.Kind, _ request: Request, _ context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let name = try PathParameters.text("enrollment", context)
        let body = try await request.object(limit: self.configuration.documentBytesMax)
        let condition = request.headers[.ifMatch].map(EntityTagCondition.init(header:))
        return self.answer(
            try await self.running().put(kind, name, body, ifMatch: condition, author: context.author)
        )
    }

    /// Without If-Match like `If-Match: *`.
    private func delete(_ kind: Enrollment.Kind, _ request: Request, _ context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let name = try PathParameters.text("enrollment", context)
        let condition = request.headers[.ifMatch].map(EntityTagCondition.init(header:)) ?? .any
        try await self.running().delete(kind, name, ifMatch: condition, author: context.author)
        return Response(status: .noContent)
    }

    private func attestation(
        _ kind: Enrollment.Kind,
        _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let name = try PathParameters.text("enrollment", context)
        return .document(try await self.running().attestation(kind, name))
    }

    private func query(_ kind: Enrollment.Kind, _ request: Request, _ context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        try await self.requireWholeQuery(request)
        let page = try await self.running().enrollments(
            kind,
            limit: try PageSize.of(request),
            after: self.continuation(of: request)
        )
        return self.answer(page)
    }

    @Sendable private func registration(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.text("registration", context)
        return self.answer(try await self.running().registration(id))
    }

    /// Without If-Match like `If-Match: *`.
    @Sendable private func deleteRegistration(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.text("registration", context)
        let condition = request.headers[.ifMatch].map(EntityTagCondition.init(header:)) ?? .any
        try await self.running().deleteRegistration(id, ifMatch: condition, author: context.author)
        return Response(status: .noContent)
    }

    @Sendable private func queryRegistrations(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let page = try await self.running().registrations(
            of: .group,
            try PathParameters.text("registration", context),
            limit: try PageSize.of(request),
            after: self.continuation(of: request)
        )
        return self.answer(page)
    }

    /// The service's query language has `SELECT *` only, and conditions, which there are none of here.
    private func requireWholeQuery(_ request: Request) async throws {
        let body = try await request.object(limit: self.configuration.documentBytesMax)
        guard let text = body["query"]?.string else { return }
        let words = text.lowercased().split(whereSeparator: \.isWhitespace)
        guard words.isEmpty || words.count == 4 && words.prefix(3) == ["select", "*", "from"] else {
            throw HubError(.argumentInvalid, "query is “\(text.prefix(160))”, expected SELECT * FROM enrollments")
        }
    }

    private func continuation(of request: Request) -> String? {
        request.headers[.continuation].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func answer(_ document: JSONObject) -> Response {
        .document(document, etag: document["etag"]?.string)
    }

    private func answer(_ page: (items: [JSONObject], continuation: String?)) -> Response {
        var response = Response.documents(page.items)
        if let continuation = page.continuation { response.headers[.continuation] = continuation }
        return response
    }

    private func running() throws(HubError) -> ProvisioningService {
        guard let service else {
            throw HubError(.unavailable, "this gateway has no provisioning service: hub.idScope is empty")
        }
        return service
    }
}
