import DeviceRegistry
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON

/// The built-in CA over HTTP, our extension of the contract with its rules for pages and errors.
struct CertificateRoutes: Sendable {
    /// `nil`: this API serves none.
    let service: (any AuthorityServing)?
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.getAuthority, use: self.authority)
        table.add(.beginAuthority, use: self.begin)
        table.add(.retireAuthorities, use: self.retire)
        table.add(.renewServerCertificate, use: self.renewServer)
        table.add(.listCertificates, use: self.list)
        table.add(.issueCertificate, use: self.issue)
        table.add(.getCertificate, use: self.get)
        table.add(.revokeCertificates, use: self.revoke)
    }

    @Sendable private func authority(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        return .document(try await self.running().authority())
    }

    @Sendable private func begin(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let body = try await request.json(AuthorityBody.self, limit: self.configuration.documentBytesMax)
        let replaced = try body.replaces.map { try RevocationBody.checkedSerial($0) }
        return .document(
            try await self.running().beginAuthority(
                replacing: replaced,
                trustsFormer: body.trustsFormer ?? true,
                author: context.author
            )
        )
    }

    @Sendable private func retire(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        return .document(try await self.running().retireFormerAuthorities(author: context.author))
    }

    @Sendable private func renewServer(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        return .document(try await self.running().renewServer())
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let query = try QueryParameters(request.uri)
        try query.requireVersion()
        let selection: CertificateSelection
        if let device = query["device"] {
            selection = .subject(try IdentityBody.checkedID(device, module: query["module"]))
        } else {
            guard query["module"] == nil else {
                throw HubError(.argumentInvalid, "module is given without device, whose it is")
            }
            selection = .all
        }
        let page = try await self.running().certificates(
            selection,
            after: try CertificateRoutes.continuation(of: request),
            limit: try PageSize.of(request)
        )
        var response = Response.documents(page.items)
        if let next = page.next { response.headers[.continuation] = "\(next)" }
        return response
    }

    @Sendable private func issue(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let body = try await request.json(CertificateBody.self, limit: self.configuration.documentBytesMax)
        return .document(
            try await self.running().issue(
                to: try IdentityBody.checkedID(body.deviceId, module: body.moduleId),
                request: body.certificateRequest,
                days: try body.checkedDays(),
                author: context.author
            )
        )
    }

    @Sendable private func get(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let serial = try RevocationBody.checkedSerial(try PathParameters.text("serial", context))
        let found = try await self.running().certificates(.serial(serial), after: 0, limit: 1).items
        guard let certificate = found.first else {
            throw HubError(.certificateNotFound, "the gateway has issued no certificate of serial \(serial)")
        }
        return .document(certificate)
    }

    @Sendable private func revoke(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let body = try await request.json(RevocationBody.self, limit: self.configuration.documentBytesMax)
        return .documents(
            try await self.running().revoke(
                try body.selection(),
                reason: try body.checkedReason(),
                author: context.author
            )
        )
    }

    private static func continuation(of request: Request) throws(HubError) -> Int64 {
        guard let text = request.headers[.continuation], !text.isEmpty else { return 0 }
        guard let number = Int64(text), number >= 0 else {
            throw HubError(.argumentInvalid, "x-ms-continuation is “\(text.prefix(64))”, expected what a page gave")
        }
        return number
    }

    private func running() throws(HubError) -> any AuthorityServing {
        guard let service else { throw HubError(.unavailable, "this gateway has no certificates to look after") }
        return service
    }
}
