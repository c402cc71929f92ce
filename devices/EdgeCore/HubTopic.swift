/// A message of the hub's to this device, told by its topic.
///
/// Source: Azure IoT Hub, "Communicate with an IoT hub using MQTT": twin, desired properties, direct methods.
package enum HubTopic: Equatable, Sendable {
    /// `$iothub/twin/res/{status}/?$rid={id}[&$version={n}]`
    case twinAnswer(status: Int, requestID: String)
    /// `$iothub/twin/PATCH/properties/desired/?$version={n}`
    case desiredPatch
    /// `$iothub/methods/POST/{name}/?$rid={id}`
    case method(name: String, requestID: String)

    /// What a device subscribes to for them.
    package static let filters = [
        "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#", "$iothub/methods/POST/#",
    ]

    /// Reads a topic; `nil` for any other.
    package init?(_ topic: String) {
        let (path, query) = Self.split(topic)
        if let status = Self.level(of: path, after: "$iothub/twin/res/") {
            guard let number = Int(status), let id = Self.value(of: "$rid", in: query) else { return nil }
            self = .twinAnswer(status: number, requestID: id)
        } else if path == "$iothub/twin/PATCH/properties/desired" {
            self = .desiredPatch
        } else if let name = Self.level(of: path, after: "$iothub/methods/POST/") {
            guard let id = Self.value(of: "$rid", in: query) else { return nil }
            self = .method(name: PercentEncoding.decode(name), requestID: id)
        } else {
            return nil
        }
    }

    package static func twinRequest(_ requestID: String) -> String { "$iothub/twin/GET/?$rid=\(requestID)" }

    package static func reportedPatch(_ requestID: String) -> String {
        "$iothub/twin/PATCH/properties/reported/?$rid=\(requestID)"
    }

    package static func methodAnswer(_ requestID: String, status: Int) -> String {
        "$iothub/methods/res/\(status)/?$rid=\(requestID)"
    }

    /// Path without its last slash, and what follows the first question mark.
    private static func split(_ topic: String) -> (path: Substring, query: Substring) {
        let mark = topic.firstIndex(of: "?") ?? topic.endIndex
        var path = topic[..<mark]
        if path.hasSuffix("/") { path = path.dropLast() }
        return (path, topic[mark...].dropFirst())
    }

    /// The one level that follows a prefix.
    private static func level(of path: Substring, after prefix: String) -> Substring? {
        guard path.hasPrefix(prefix) else { return nil }
        let level = path.dropFirst(prefix.count)
        return level.isEmpty || level.contains("/") ? nil : level
    }

    private static func value(of name: String, in query: Substring) -> String? {
        for pair in query.split(separator: "&") where pair.hasPrefix("\(name)=") {
            let value = pair.dropFirst(name.count + 1)
            return value.isEmpty ? nil : String(value)
        }
        return nil
    }
}
