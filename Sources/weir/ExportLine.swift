import TelemetryJSON

/// A line of an export: an identity with its keys and permissions, and its twin without metadata.
///
///     {"deviceId":"dev1","status":"enabled","authentication":{…},"weir":{…},"tags":{…},
///      "properties":{"desired":{…},"reported":{…}}}
enum ExportLine {
    /// Of the identity; what the gateway alone knows, etags and times, would mean nothing elsewhere.
    private static let members = [
        "deviceId", "moduleId", "managedBy", "status", "statusReason", "authentication", "weir",
    ]

    /// The line.
    ///
    /// - Parameters:
    ///   - identity: as the gateway answers it.
    ///   - twin: of the same device or module, in the service's view; `nil` when it has none any more.
    /// - Returns: the object of the line.
    static func of(_ identity: JSONObject, twin: JSONObject?) -> JSONObject {
        var line: JSONObject = [:]
        for name in self.members {
            if let value = identity[name], value != .null { line[name] = value }
        }
        guard let twin else { return line }
        if let tags = twin["tags"]?.object, !tags.isEmpty { line["tags"] = .object(tags) }
        var properties: JSONObject = [:]
        for name in ["desired", "reported"] {
            guard var section = twin["properties"]?.object?[name]?.object else { continue }
            section["$metadata"] = nil
            section["$version"] = nil
            if !section.isEmpty { properties[name] = .object(section) }
        }
        if !properties.isEmpty { line["properties"] = .object(properties) }
        return line
    }

    /// Whether the identity has a password, which no export holds.
    static func hasPassword(_ identity: JSONObject) -> Bool {
        identity["weir"]?.object?["hasPassword"] == .bool(true)
    }
}
