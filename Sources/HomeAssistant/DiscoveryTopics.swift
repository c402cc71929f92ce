import TelemetryModel

/// The topics that Home Assistant reads.
///
/// | topic | retained | payload |
/// | --- | --- | --- |
/// | `homeassistant/sensor/weir_DEVICE/CHANNEL/config` | yes | a channel: ``DiscoveryPayload`` |
/// | `homeassistant/binary_sensor/weir_DEVICE/SENSOR/config` | yes | whether a sensor of the agent works |
/// | `weir/DEVICE/availability` | yes | `online`, `offline` |
/// | `weir/DEVICE/sensors` | yes | the agent's sensors with state and reason |
/// | `weir/DEVICE/state` | no | the channels' last values |
/// | `homeassistant/status` | | `online`: Home Assistant has started (it publishes this) |
///
/// In the first two DEVICE, CHANNEL and SENSOR are ``DiscoveryID``s, since Home Assistant takes no others; in the rest a device
/// has its own id, a module `device/module`, with `+`, `#` and `%` as `%2B`, `%23`, `%25`, for MQTT has no topics with the
/// first two. Source: Home Assistant, MQTT integration, "Discovery topic", "Birth and last will messages".
package struct DiscoveryTopics: Equatable, Sendable {
    /// Where Home Assistant looks for discovery messages, `homeassistant` unless it is set otherwise there.
    package var prefix: String
    /// What the topics with values begin with.
    package var base: String

    /// Topics under these two.
    package init(prefix: String, base: String) {
        self.prefix = prefix
        self.base = base
    }

    /// Where Home Assistant says that it has started.
    package var birth: String { "\(self.prefix)/status" }

    func config(_ entity: DiscoveredEntity, of device: IdentityID) -> String {
        let node = DiscoveryTopics.node(of: device)
        return "\(self.prefix)/\(entity.component)/\(node)/\(DiscoveryID.encode(entity.name))/config"
    }

    func state(of device: IdentityID) -> String { self.topic("state", of: device) }

    func availability(of device: IdentityID) -> String { self.topic("availability", of: device) }

    func sensors(of device: IdentityID) -> String { self.topic("sensors", of: device) }

    /// The device in discovery topics and unique ids.
    static func node(of device: IdentityID) -> String { "weir_\(DiscoveryID.encode(device.description))" }

    /// The device in topics with values.
    static func level(of device: IdentityID) -> String {
        var id = ""
        for character in device.description {
            switch character {
            case "+": id += "%2B"
            case "#": id += "%23"
            case "%": id += "%25"
            default: id.append(character)
            }
        }
        return id
    }

    private func topic(_ last: String, of device: IdentityID) -> String {
        "\(self.base)/\(DiscoveryTopics.level(of: device))/\(last)"
    }
}
