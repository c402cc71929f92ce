import DeviceHub
import DeviceRegistry
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON
import TelemetryModel
import TwinModel

/// The identity registry over HTTP: devices and their modules, one and many, and how many there are.
///
/// Source: contract iothub-rest section 2.
struct DeviceRoutes: Sendable {
    /// Devices of one page, and what is given when less makes no sense.
    static let pageMax = 1_000

    let identities: any IdentityStore
    let connections: any ConnectionControlling
    /// One thread: what a request reads and then writes, no other request changes in between.
    let registry: BlockingPool
    let passwords: PasswordHashing
    let configuration: APIConfiguration
    /// Who is connected, and when each was last heard of.
    let links: LinkTable
    /// How many messages wait for an identity; blocks on the database.
    let messageCount: @Sendable (IdentityID) throws -> Int
    /// Told of identities that were made or changed.
    let changed: @Sendable (IdentityID) -> Void

    func add(to table: inout RouteTable) {
        table.add(.listDevices, use: self.list)
        table.add(.changeDevices, use: self.bulk)
        table.add(.getDevice, use: self.get)
        table.add(.putDevice, use: self.put)
        table.add(.deleteDevice, use: self.delete)
        table.add(.listModules, use: self.listModules)
        table.add(.getModule, use: self.get)
        table.add(.putModule, use: self.put)
        table.add(.deleteModule, use: self.delete)
        table.add(.deviceStatistics, use: self.deviceStatistics)
        table.add(.serviceStatistics, use: self.serviceStatistics)
    }

    @Sendable private func get(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.identity(context)
        let found = try await self.registry.run { try self.identities.identity(id).map(self.shown) }
        guard let identity = found else { throw RegistryError.notFound(id) }
        return self.answer(identity)
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let query = try QueryParameters(request.uri)
        try query.requireVersion()
        // 1 to 1000, anything else is 1000. Source: contract iothub-rest section 2, get_devices.
        let top = query["top"].flatMap(Int.init).flatMap { (1...DeviceRoutes.pageMax).contains($0) ? $0 : nil }
        let after = query["after"]
        return self.answer(
            try await self.registry.run {
                try self.identities.devices(after: after, limit: top ?? DeviceRoutes.pageMax).map(self.shown)
            }
        )
    }

    @Sendable private func listModules(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let device = try PathParameters.identity(context)
        return self.answer(
            try await self.registry.run {
                guard try self.identities.identity(device) != nil else { throw RegistryError.notFound(device) }
                return try self.identities.modules(of: device).map(self.shown)
            }
        )
    }

    /// Without If-Match a device or module is made, with it one that exists is replaced.
    @Sendable private func put(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.identity(context)
        let body = try await request.json(IdentityBody.self, limit: self.configuration.identityBodyBytesMax)
        guard body.deviceId == id.device else {
            let named = body.deviceId.map { "“\($0.prefix(160))”" } ?? "no deviceId"
            throw HubError(
                .argumentInvalid,
                "the path names “\(id.device)” and the body \(named): they must be the same"
            )
        }
        guard body.moduleId == id.module else {
            let named = body.moduleId.map { "module “\($0.prefix(160))”" } ?? "no moduleId"
            let wanted = id.module.map { "module “\($0)”" } ?? "a device"
            throw HubError(.argumentInvalid, "the path names \(wanted) and the body \(named): they must be the same")
        }
        let condition = request.headers[.ifMatch].map(EntityTagCondition.init(header:))
        let hash = try await self.passwords.hash(of: body.weir)
        let author = context.author
        let (old, new) = try await self.registry.run {
            let current = try self.identities.identity(id)
            let wanted = try body.identity(id: id, replacing: current, hash: hash)
            let change: RegistryChange = condition.map { .update(wanted, ifMatch: $0) } ?? .create(wanted)
            return (current, try self.identities.apply(change, author: author).map(self.shown))
        }
        guard let new else { throw HubError(.serverError, "the registry gave no identity back") }
        if let old { self.disconnectIfBarred(old, new.identity) }
        self.changed(id)
        return self.answer(new)
    }

    /// Without If-Match like `If-Match: *`.
    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.identity(context)
        let condition = request.headers[.ifMatch].map(EntityTagCondition.init(header:)) ?? .any
        let author = context.author
        let modules = try await self.registry.run {
            let modules = try self.modules(goingWith: id)
            _ = try self.identities.apply(.delete(id, ifMatch: condition), author: author)
            return modules
        }
        let reason = "the \(DeviceRoutes.noun(id)) was deleted"
        self.connections.forget(([id] + modules).map { .identity($0) }, reason: reason)
        return Response(status: .noContent)
    }

    /// The modules that the registry deletes with an identity; none of a module.
    func modules(goingWith id: IdentityID) throws(RegistryError) -> [IdentityID] {
        guard id.module == nil else { return [] }
        return try self.identities.modules(of: id).map(\.id)
    }

    @Sendable private func deviceStatistics(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let counts = try await self.registry.run { try self.identities.deviceCounts() }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("totalDeviceCount")
        writer.number(counts.total)
        writer.key("enabledDeviceCount")
        writer.number(counts.enabled)
        writer.key("disabledDeviceCount")
        writer.number(counts.total - counts.enabled)
        writer.endObject()
        return .json(writer.bytes)
    }

    @Sendable private func serviceStatistics(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("connectedDeviceCount")
        writer.number(self.connections.connectionCount)
        writer.endObject()
        return .json(writer.bytes)
    }

    /// Closes the connections that a change leaves without a right, or with other rights than they were given.
    ///
    /// Source: contract iothub-mqtt section 2.
    func disconnectIfBarred(_ old: DeviceIdentity, _ new: DeviceIdentity) {
        let noun = DeviceRoutes.noun(new.id)
        if new.status == .disabled, old.status == .enabled {
            self.connections.disconnect(.identity(new.id), reason: "the \(noun) was disabled")
        } else if new.kind != old.kind || new.access != old.access {
            let what = new.access.topics != old.access.topics ? "permissions" : "credentials"
            self.connections.disconnect(.identity(new.id), reason: "the \(noun)'s \(what) were changed")
        } else if !new.hasSameCredentials(as: old) {
            // Who holds the other key or certificate goes on: one after the other can be replaced.
            let reason = "the key or certificate in use of the \(noun) was replaced"
            self.connections.disconnect(.identity(new.id), keeping: new.credentialMarks, reason: reason)
        }
    }

    /// What an identity is called.
    static func noun(_ id: IdentityID) -> String { id.module == nil ? "device" : "module" }

    /// An identity as it is answered.
    private struct Shown {
        var identity: DeviceIdentity
        var messageCount: Int
    }

    /// Adds what else the database knows; on the registry's thread.
    @Sendable private func shown(_ identity: DeviceIdentity) throws -> Shown {
        Shown(identity: identity, messageCount: try self.messageCount(identity.id))
    }

    private func answer(_ shown: Shown) -> Response {
        var writer = JSONWriter(capacity: 768)
        self.write(shown, to: &writer)
        var response = Response.json(writer.bytes)
        response.headers[.eTag] = "\"\(shown.identity.etag)\""
        return response
    }

    private func answer(_ all: [Shown]) -> Response {
        var writer = JSONWriter(capacity: all.count * 768)
        writer.beginArray()
        for shown in all { self.write(shown, to: &writer) }
        writer.endArray()
        return .json(writer.bytes)
    }

    private func write(_ shown: Shown, to writer: inout JSONWriter) {
        let id = shown.identity.id
        let state = self.links.state(of: id)
        IdentityJSON.write(
            shown.identity,
            isConnected: self.connections.isConnected(.identity(id)),
            changedAt: state.changedAt,
            lastActivity: state.lastActivity,
            messageCount: shown.messageCount,
            to: &writer
        )
    }
}
