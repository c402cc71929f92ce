import DeviceRegistry
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON
import TelemetryModel

/// The identity registry over HTTP: devices, one and many, and how many there are.
///
/// Source: contract iothub-rest section 2.
struct DeviceRoutes: Sendable {
    /// Devices of one page, and what is given when less makes no sense.
    static let pageMax = 1_000

    let identities: any IdentityStore
    let connections: any ConnectionControlling
    /// One thread: what a request reads and then writes, no other request changes in between.
    let registry: BlockingPool
    let configuration: APIConfiguration

    func add(to reading: RouterGroup<APIContext>, writing: RouterGroup<APIContext>) {
        reading.get("/devices", use: self.list)
        reading.get("/devices/:id", use: self.get)
        reading.get("/statistics/devices", use: self.deviceStatistics)
        reading.get("/statistics/service", use: self.serviceStatistics)
        writing.put("/devices/:id", use: self.put)
        writing.delete("/devices/:id", use: self.delete)
        writing.post("/devices", use: self.bulk)
    }

    @Sendable private func get(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try DeviceRoutes.id(context)
        guard let identity = try await self.registry.run({ try self.identities.identity(id) }) else {
            throw RegistryError.notFound(id)
        }
        return self.answer(identity)
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let query = try QueryParameters(request.uri)
        try query.requireVersion()
        // 1 to 1000, anything else is 1000. Source: contract iothub-rest section 2, get_devices.
        let top = query["top"].flatMap(Int.init).flatMap { (1...DeviceRoutes.pageMax).contains($0) ? $0 : nil }
        let after = query["after"]
        let page = try await self.registry.run {
            try self.identities.devices(after: after, limit: top ?? DeviceRoutes.pageMax)
        }
        var writer = JSONWriter(capacity: page.count * 640)
        writer.beginArray()
        for identity in page {
            IdentityJSON.write(identity, isConnected: self.connections.isConnected(identity.id), to: &writer)
        }
        writer.endArray()
        return .json(writer.bytes)
    }

    /// Without If-Match a device is made, with it one that exists is replaced.
    @Sendable private func put(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try DeviceRoutes.id(context)
        let body = try await request.json(IdentityBody.self, limit: self.configuration.identityBodyBytesMax)
        guard body.deviceId == id.device else {
            let named = body.deviceId.map { "“\($0.prefix(160))”" } ?? "no deviceId"
            throw HubError(.argumentInvalid, "the path names “\(id)” and the body \(named): they must be the same")
        }
        guard body.moduleId == nil else {
            throw HubError(.argumentInvalid, "the body names a module: this version knows devices only")
        }
        let condition = request.headers[.ifMatch].map(ETagCondition.init(header:))
        let (old, new) = try await self.registry.run {
            let current = try self.identities.identity(id)
            let wanted = try body.identity(id: id, replacing: current)
            let change: RegistryChange = condition.map { .update(wanted, ifMatch: $0) } ?? .create(wanted)
            return (current, try self.identities.apply(change))
        }
        guard let new else { throw HubError(.serverError, "the registry gave no identity back") }
        if let old { self.disconnectIfBarred(old, new) }
        return self.answer(new)
    }

    /// Without If-Match like `If-Match: *`.
    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try DeviceRoutes.id(context)
        let condition = request.headers[.ifMatch].map(ETagCondition.init(header:)) ?? .exists
        _ = try await self.registry.run { try self.identities.apply(.delete(id, ifMatch: condition)) }
        self.connections.disconnect(id, reason: "the device was deleted")
        return Response(status: .noContent)
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

    /// Closes the connections that a change leaves without a right: disabled, or a key replaced.
    ///
    /// Source: contract iothub-mqtt section 2.
    func disconnectIfBarred(_ old: DeviceIdentity, _ new: DeviceIdentity) {
        if new.status == .disabled, old.status == .enabled {
            self.connections.disconnect(new.id, reason: "the device was disabled")
        } else if new.primaryKey != old.primaryKey || new.secondaryKey != old.secondaryKey {
            self.connections.disconnect(new.id, reason: "a key of the device was replaced")
        }
    }

    /// The id of the path, decoded once, after the path was split.
    private static func id(_ context: APIContext) throws -> IdentityID {
        guard let text = PercentEncoding.decode(try context.parameters.require("id")) else {
            throw HubError(.argumentInvalid, "the device id in the path is not percent-encoded UTF-8")
        }
        return try IdentityBody.checkedID(text)
    }

    private func answer(_ identity: DeviceIdentity) -> Response {
        var writer = JSONWriter(capacity: 640)
        IdentityJSON.write(identity, isConnected: self.connections.isConnected(identity.id), to: &writer)
        var response = Response.json(writer.bytes)
        response.headers[.eTag] = "\"\(identity.etag)\""
        return response
    }
}
