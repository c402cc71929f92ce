/// What is done to a channel's values before they are published, and which of them are published at all.
///
/// Without any key every sample is published as it was measured. Set in the configuration file, per channel, and by the
/// twin's desired properties, which win.
package struct ChannelRule: Equatable, Sendable {
    /// Added to what the sensor says, in the quantity's unit: what a comparison with a better instrument gave.
    package var offset = 0.0
    /// Least change since the last published value that is published, in the quantity's unit; 0: every sample is.
    package var deadBand = 0.0
    /// Least time between two published values, milliseconds; 0: none.
    package var intervalMinMilliseconds = 0
    /// Longest time between two published values, milliseconds, however little they change; 0: no limit.
    package var intervalMaxMilliseconds = Self.intervalMaxDefault

    package static let offsetRange = -10_000.0...10_000.0
    package static let deadBandRange = 0.0...10_000.0
    /// Up to a day.
    package static let intervalRange = 0...86_400_000
    /// Ten minutes: longer silence of a channel means that something is wrong.
    package static let intervalMaxDefault = 600_000

    package init() {}
}
