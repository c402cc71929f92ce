/// How one channel of a kind of place behaves. All numbers but the hours are in the channel's unit.
package struct ChannelModel: Equatable, Sendable {
    /// The name in the telemetry body.
    package var name: String
    /// The level that the cycle turns about.
    package var mean: Double
    package var cycle: DailyCycle
    /// Standard deviation of the devices' own levels about the mean: no two sensors hang in the same spot.
    package var spread: Double
    /// Standard deviation of the slow wandering, whose memory is ``ChannelModel/wanderMemory``.
    package var wander: Double
    /// Standard deviation of the sensor's noise from reading to reading.
    package var noise: Double
    package var resolution: Resolution
    /// The sensor's range; readings are cut to it.
    package var range: ClosedRange<Double>

    /// After this long little is left of where the wandering stood: a cloud, a door, people.
    package static let wanderMemory = Duration.seconds(600)

    /// A channel; see the properties for units.
    package init(
        name: String,
        mean: Double,
        cycle: DailyCycle,
        spread: Double,
        wander: Double,
        noise: Double,
        resolution: Resolution = .hundredth,
        range: ClosedRange<Double>
    ) {
        self.name = name
        self.mean = mean
        self.cycle = cycle
        self.spread = spread
        self.wander = wander
        self.noise = noise
        self.resolution = resolution
        self.range = range
    }
}
