internal import DeviceRegistry
internal import FleetQuery
internal import HubProtocol
internal import TelemetryJSON
internal import TelemetryModel

extension StoredJob {
    /// What was asked for; `nil` when a later version of the gateway has written it.
    var checkedRequest: JobRequest? {
        guard case .object(let body)? = try? JSONValue(parsing: self.request) else { return nil }
        return try? JobRequest(body)
    }
}

extension CompiledQuery {
    /// The query for the ids that meet a condition.
    init(ids target: QueryTarget) {
        let names = target.collection == .modules ? ["deviceId", "moduleId"] : ["deviceId"]
        let items = names.map { QueryItem(.path(JSONPath(names: $0))) }
        self.init(QueryStatement(items: items, collection: target.collection, condition: target.condition))
    }
}

extension JSONObject {
    /// The identity of a row of ``CompiledQuery/init(ids:)``.
    var identityID: IdentityID? {
        guard case .string(let device)? = self["deviceId"] else { return nil }
        return IdentityID(device: device, module: self["moduleId"]?.string)
    }
}
