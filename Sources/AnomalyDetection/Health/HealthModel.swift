/// What is known of a device before its first reading. One is shared by all devices of a model.
package struct HealthModel: Equatable, Sendable {
    /// In the order of the readings' channel numbers.
    package var channels: [ChannelModel]
    /// The rule in whose name alerts are raised, and its version.
    package var rule = "sensor-health"
    package var ruleVersion = 1
    /// The topic of the readings.
    package var topic = "telemetry"

    package init(channels: [ChannelModel]) {
        self.channels = channels
    }
}
