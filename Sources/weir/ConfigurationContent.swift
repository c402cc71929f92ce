import TelemetryJSON

/// What a configuration writes.
enum ConfigurationContent {
    /// The content that sets desired properties: each argument is one path of its own, so that another configuration may
    /// set its neighbours.
    ///
    /// - Parameters:
    ///   - desired: `name=value`, `a.b=value`.
    ///   - condition: one that begins with `FROM devices.modules` is about modules.
    /// - Returns: `{"deviceContent":{"properties.desired.a.b":5}}`, or `moduleContent`.
    static func setting(_ desired: [(path: [String], value: JSONValue)], for condition: String) -> JSONObject {
        var content: JSONObject = [:]
        for property in desired {
            content[(["properties", "desired"] + property.path).joined(separator: ".")] = property.value
        }
        let member = self.isAboutModules(condition) ? "moduleContent" : "deviceContent"
        return [member: .object(content)]
    }

    /// Whether a target condition chooses modules. Source: contract iothub-rest section 7.
    static func isAboutModules(_ condition: String) -> Bool {
        let words = condition.lowercased().split(whereSeparator: \.isWhitespace)
        return words.count > 1 && words[0] == "from" && words[1] == "devices.modules"
    }
}
