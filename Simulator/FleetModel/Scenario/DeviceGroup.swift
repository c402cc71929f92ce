/// Devices of one kind that differ only in id and chance.
package struct DeviceGroup: Equatable, Sendable {
    /// The devices' ids, all valid and all different.
    package var ids: [String]
    package var kind: PlaceKind
    /// Time from reading to reading, at least ``DeviceGroup/intervalMin``.
    package var interval: Duration
    /// The channels, at least one, all of different names.
    package var channels: [ChannelModel]

    /// Shorter intervals are refused: a fleet device is a sensor, not a load generator.
    package static let intervalMin = Duration.milliseconds(10)
    /// Longer intervals are refused.
    package static let intervalMax = Duration.seconds(86_400)

    /// A group.
    package init(ids: [String], kind: PlaceKind, interval: Duration, channels: [ChannelModel]) {
        self.ids = ids
        self.kind = kind
        self.interval = interval
        self.channels = channels
    }
}
