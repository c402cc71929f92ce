/// A kind of chip on an I2C bus: its commands and its conversion, nothing else.
///
/// A new chip is one file that implements this and one line in ``ChipCatalog``. Retries, re-initialisation, stuck
/// detection and reporting are done by the callers, alike for every chip.
package protocol I2CChip {
    init()

    /// Finds out whether the chip at the address is this one, without changing it; throws `wrong_chip` naming the other.
    mutating func identify(_ link: I2CLink) throws(SensorFault)

    /// Brings the chip from any state into the one that ``start(_:)`` expects.
    mutating func initialise(_ link: I2CLink) throws(SensorFault)

    /// Reads the chip's own account of itself; called before initialising and every ten minutes.
    mutating func inspect(_ link: I2CLink) throws(SensorFault) -> ChipInspection

    /// Starts one measurement of all channels; returns the data sheet's *maximum* time until it can be collected.
    mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration

    /// Reads, checks and converts the measurement; at most once per ``start(_:)``.
    mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading]
}

/// What a chip's status says.
package enum ChipInspection: Equatable, Sendable {
    case fine
    /// It was reset behind our back, so it has lost its settings.
    case lostPower
    /// Its heater was on and has been switched off: values are warm and dry for a minute.
    case heaterWasOn
}
