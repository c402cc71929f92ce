/// One configured sensor, whatever it hangs on. Used by one thread only, its bus's worker.
///
/// The calls come in the order prepare (start collect)*; any may throw, after which the next call is `start` again (a
/// fresh measurement) or `prepare` (identify and initialise again).
package protocol SensorDriver {
    /// Finds, identifies and initialises the sensor.
    mutating func prepare() throws(SensorFault)
    /// Starts a measurement; returns how long to wait before ``collect()``.
    mutating func start() throws(SensorFault) -> Duration
    /// The measurement's channels, in a fixed order.
    mutating func collect() throws(SensorFault) -> [ChannelReading]
}
