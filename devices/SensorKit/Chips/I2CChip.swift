/// A kind of chip on an I2C bus: its commands and its conversion, nothing else.
///
/// A new chip is one file that implements this and one line in ``ChipCatalog``. Identification, retries,
/// re-initialisation, stuck detection and reporting are done by the callers, alike for every chip.
package protocol I2CChip: SendableMetatype {
    /// The name people know, such as `SHT3x`; in the configuration it is written in lower case.
    static var title: String { get }
    /// The addresses it can have, the usual one first.
    static var addresses: [UInt8] { get }
    /// What it measures, in the order of ``collect(_:)``.
    static var quantities: [Quantity] { get }
    /// Results of 14 bits or more always flicker: bit-identical ones for long mean a stuck chip.
    static var flickers: Bool { get }
    /// Shortest interval at which it gives fresh and true values, milliseconds.
    static var intervalMinMilliseconds: Int { get }
    /// Asleep it does not acknowledge its address, so it is only found by being asked.
    static var sleeps: Bool { get }
    /// How it is told from the other chips at its addresses; any of them is enough.
    static var signatures: [ChipSignature] { get }

    init()

    /// Brings a chip that sleeps or measures by itself to where it can be identified.
    ///
    /// The address may belong to another chip: nothing but what is harmless there.
    mutating func rouse(_ link: I2CLink) throws(SensorFault)

    /// Brings the identified chip from any state into the one that ``start(_:)`` expects.
    mutating func initialise(_ link: I2CLink) throws(SensorFault)

    /// Reads the chip's own account of itself; called before initialising and every ten minutes.
    mutating func inspect(_ link: I2CLink) throws(SensorFault) -> ChipInspection

    /// Starts one measurement of all channels; returns the data sheet's *maximum* time until it can be collected.
    mutating func start(_ link: I2CLink) throws(SensorFault) -> Duration

    /// Reads, checks and converts the measurement; at most once per ``start(_:)``.
    ///
    /// Humidity comes as the formula gives it, which may be a little outside 0…100 %RH: a calibration offset is added
    /// before it is clipped. Empty when a chip that measures by itself has nothing new yet.
    mutating func collect(_ link: I2CLink) throws(SensorFault) -> [ChannelReading]
}

extension I2CChip {
    package static var intervalMinMilliseconds: Int { 100 }
    package static var sleeps: Bool { false }

    package mutating func rouse(_ link: I2CLink) throws(SensorFault) {}

    /// A chip that says nothing about itself.
    package mutating func inspect(_ link: I2CLink) throws(SensorFault) -> ChipInspection { .fine }
}

/// What a chip's status says.
package enum ChipInspection: Equatable, Sendable {
    case fine
    /// It was reset behind our back, so it has lost its settings.
    case lostPower
    /// Its heater was on and has been switched off: values are warm and dry for a minute.
    case heaterWasOn
}
