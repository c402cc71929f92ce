internal import DeviceRegistry
internal import FleetQuery
internal import TelemetryJSON
internal import TelemetryModel

/// A configuration as the service reads it, and the event that tells of it.
///
/// Source: contract iothub-rest section 7.
enum ConfigurationDocument {
    /// The document.
    ///
    /// - Parameters:
    ///   - configuration: the configuration.
    ///   - counts: how many twins it targets, and how many of them have its content.
    static func view(of configuration: StoredConfiguration, counts: (targeted: Int, applied: Int)) -> JSONObject {
        var view: JSONObject = ["id": .string(configuration.id)]
        if case .object(let body)? = try? JSONValue(parsing: configuration.body) {
            for member in body { view[member.name] = member.value }
        }
        var metrics = view["metrics"]?.object ?? ["queries": .object([:])]
        let results = try? JSONValue(parsing: configuration.results)
        metrics["results"] = results ?? .object([:])
        view["metrics"] = .object(metrics)
        let condition = view["targetCondition"]?.string ?? ""
        let collection = configuration.request?.target.collection.rawValue ?? "devices"
        let targeted =
            switch condition {
            case "": "SELECT deviceId FROM devices WHERE false"
            case "*": "SELECT deviceId FROM devices"
            case _ where collection != "devices": "SELECT deviceId, moduleId \(condition)"
            default: "SELECT deviceId FROM devices WHERE \(condition)"
            }
        let applied = "SELECT deviceId FROM \(collection) WHERE configurations.[[\(configuration.id)]].status = 'Applied'"
        view["systemMetrics"] = .object([
            "results": .object([
                "targetedCount": .integer(Int64(counts.targeted)), "appliedCount": .integer(Int64(counts.applied)),
            ]),
            "queries": .object(["targetedCount": .string(targeted), "appliedCount": .string(applied)]),
        ])
        view["createdTimeUtc"] = .string(configuration.createdTime.description)
        view["lastUpdatedTimeUtc"] = .string(configuration.updatedTime.description)
        view["etag"] = .string(configuration.etag)
        return view
    }

    /// What tells in `commands` that a configuration was made, changed or deleted.
    static func event(_ operation: String, of id: String, body: JSONObject?, author: String, at now: Timestamp) -> HubEvent {
        var value: JSONObject = ["configurationId": .string(id)]
        for member in body ?? [:] { value[member.name] = member.value }
        value["author"] = .string(author)
        return HubEvent(
            topic: "commands",
            source: "configurationLifecycleEvents",
            schema: "configurationLifecycleNotification",
            operation: "\(operation)Configuration",
            id: nil,
            at: now,
            value: value.bytes
        )
    }
}
