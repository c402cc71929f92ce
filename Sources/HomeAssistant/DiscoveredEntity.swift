import TelemetryModel

/// Something of a device that becomes one entity of Home Assistant.
enum DiscoveredEntity: Hashable, Sendable {
    /// A channel of its telemetry, by name.
    case channel(String)
    /// A sensor of the agent's twin, by key: whether it works.
    case sensor(String)

    var name: String {
        switch self {
        case .channel(let name), .sensor(let name): name
        }
    }

    /// As Home Assistant calls the kind.
    var component: String {
        switch self {
        case .channel: "sensor"
        case .sensor: "binary_sensor"
        }
    }

    /// By which messages come in the same order whenever they are made.
    var order: String { "\(self.component)/\(self.name)" }

    /// `unique_id`: no two entities of a gateway have the same, for a ``DiscoveryID`` holds no slash.
    func uniqueID(of device: IdentityID) -> String {
        let node = DiscoveryTopics.node(of: device)
        return switch self {
        case .channel(let name): "\(node)/\(DiscoveryID.encode(name))"
        case .sensor(let key): "\(node)/sensor/\(DiscoveryID.encode(key))"
        }
    }

    /// Reads a unique id back; `nil` when it is not one of these.
    static func parse(uniqueID: String) -> (device: IdentityID, entity: DiscoveredEntity)? {
        let parts = uniqueID.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 && parts[1] == "sensor", parts[0].hasPrefix("weir_"),
            let device = DiscoveryID.decode(parts[0].dropFirst(5)).flatMap({ IdentityID($0) }),
            let name = DiscoveryID.decode(parts[parts.count - 1])
        else { return nil }
        return (device, parts.count == 2 ? .channel(name) : .sensor(name))
    }
}
