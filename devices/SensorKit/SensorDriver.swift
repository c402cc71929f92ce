/// One configured sensor, whatever it hangs on. Used by one thread only, its bus's worker.
///
/// The calls come in the order prepare (start collect)*; any may throw, after which the next call is `start` again (a
/// fresh measurement) or `prepare` (identify and initialise again).
package protocol SensorDriver {
    /// Finds, identifies and initialises the sensor.
    mutating func prepare() throws(SensorFault)
    /// Starts a measurement; returns how long to wait before ``collect()``.
    mutating func start() throws(SensorFault) -> Duration
    /// The measurement's channels, in a fixed order; empty when a sensor that measures by itself has nothing new yet,
    /// which is neither a failure nor a success. One that stays silent too long throws.
    mutating func collect() throws(SensorFault) -> [ChannelReading]
    /// How a failed measurement is repeated within one sampling period.
    var repetition: Repetition { get }
    /// Whether a time-out means that nobody on its bus can move the lines; elsewhere it is one sensor's own affair.
    var timeoutsLockBus: Bool { get }
}

extension SensorDriver {
    package var repetition: Repetition { Repetition() }
    package var timeoutsLockBus: Bool { false }
}

/// How often a sensor is measured in one sampling period until it succeeds, and how long it rests in between.
package struct Repetition: Equatable, Sendable {
    package var attemptsMax: Int
    package var pause: Duration

    /// - Parameters:
    ///   - attemptsMax: The first and two more: sensors contract, rule 3.
    ///   - pause: At least 10 ms.
    package init(attemptsMax: Int = 3, pause: Duration = .milliseconds(10)) {
        self.attemptsMax = attemptsMax
        self.pause = pause
    }
}
