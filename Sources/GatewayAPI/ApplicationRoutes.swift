import DeviceRegistry
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON
import TelemetryModel
import TwinModel

/// The operator's programs over HTTP: `/applications` and `/applications/{name}`, our extension of the contract with
/// its rules for If-Match, etags and errors.
struct ApplicationRoutes: Sendable {
    /// Applications of one page.
    static let pageMax = 1_000

    let identities: any IdentityStore
    let connections: any ConnectionControlling
    /// One thread, shared with the devices' routes: a name is checked against both.
    let registry: BlockingPool
    let passwords: PasswordHashing
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.listApplications, use: self.list)
        table.add(.getApplication, use: self.get)
        table.add(.putApplication, use: self.put)
        table.add(.deleteApplication, use: self.delete)
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let query = try QueryParameters(request.uri)
        try query.requireVersion()
        let top = try query.integer("top", in: 1...ApplicationRoutes.pageMax) ?? ApplicationRoutes.pageMax
        let after = query["after"]
        let page = try await self.registry.run { try self.identities.applications(after: after, limit: top) }
        var writer = JSONWriter(capacity: page.count * 384)
        writer.beginArray()
        for application in page { self.write(application, to: &writer) }
        writer.endArray()
        return .json(writer.bytes)
    }

    @Sendable private func get(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let name = try PathParameters.text("name", context)
        guard let application = try await self.registry.run({ try self.identities.application(name) }) else {
            throw RegistryError.applicationNotFound(name)
        }
        return self.answer(application)
    }

    /// Without If-Match an application is made, with it one that exists is replaced.
    @Sendable private func put(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let name = try PathParameters.text("name", context)
        guard ApplicationIdentity.isValidName(name) else {
            throw HubError(
                .argumentInvalid,
                "the application name “\(name.prefix(160))” is not allowed: "
                    + "1 to 128 letters, digits and - : . + % _ # * ? ! ( ) , = @ ; $ ', and not “anonymous”"
            )
        }
        let body = try await request.json(ApplicationBody.self, limit: self.configuration.identityBodyBytesMax)
        let condition = request.headers[.ifMatch].map(EntityTagCondition.init(header:))
        let hash = try await self.passwords.hash(of: body.access)
        let (old, new) = try await self.registry.run {
            let current = try self.identities.application(name)
            let wanted = try body.application(name: name, replacing: current, hash: hash)
            let change: ApplicationChange = condition.map { .update(wanted, ifMatch: $0) } ?? .create(wanted)
            return (current, try self.identities.apply(change))
        }
        guard let new else { throw HubError(.serverError, "the registry gave no application back") }
        if let old {
            if new.status == .disabled, old.status == .enabled {
                self.connections.disconnect(.application(name), reason: "the application was disabled")
            } else if new.access != old.access || new.thumbprint != old.thumbprint {
                self.connections.disconnect(
                    .application(name),
                    reason: "the application's credentials or permissions were changed"
                )
            }
        }
        return self.answer(new)
    }

    /// Without If-Match like `If-Match: *`.
    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let name = try PathParameters.text("name", context)
        let condition = request.headers[.ifMatch].map(EntityTagCondition.init(header:)) ?? .any
        _ = try await self.registry.run {
            try self.identities.apply(ApplicationChange.delete(name, ifMatch: condition))
        }
        self.connections.forget([.application(name)], reason: "the application was deleted")
        return Response(status: .noContent)
    }

    private func answer(_ application: ApplicationIdentity) -> Response {
        var writer = JSONWriter(capacity: 384)
        self.write(application, to: &writer)
        var response = Response.json(writer.bytes)
        response.headers[.eTag] = "\"\(application.etag)\""
        return response
    }

    private func write(_ application: ApplicationIdentity, to writer: inout JSONWriter) {
        let isConnected = self.connections.isConnected(.application(application.name))
        writer.beginObject()
        for (name, value) in [
            ("name", application.name), ("generationId", application.generationID), ("etag", application.etag),
            ("status", application.status.rawValue),
            ("connectionState", isConnected ? "Connected" : "Disconnected"),
        ] {
            writer.key(name)
            writer.string(value)
        }
        writer.key("thumbprint")
        if let thumbprint = application.thumbprint { writer.string(thumbprint.hex) } else { writer.null() }
        AccessJSON.writeMembers(of: application.access, to: &writer)
        writer.endObject()
    }
}
