package import TelemetryModel

/// A sensor for machines that have none.
package struct SimulatedSensor: SensorDriver {
    private let climate: SimulatedClimate
    private let wallTime: () -> Timestamp

    package init(seed: UInt64, wallTime: @escaping () -> Timestamp) {
        self.climate = SimulatedClimate(seed: seed)
        self.wallTime = wallTime
    }

    package mutating func prepare() throws(SensorFault) {}

    package mutating func start() throws(SensorFault) -> Duration { .zero }

    package mutating func collect() throws(SensorFault) -> [ChannelReading] {
        self.climate.readings(at: self.wallTime())
    }
}
