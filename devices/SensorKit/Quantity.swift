/// What a channel measures. The unit is fixed by the quantity: readings never carry another one.
package enum Quantity: String, CaseIterable, Hashable, Sendable {
    /// Temperature in °C.
    case temperature
    /// Relative humidity in %RH.
    case humidity
    /// Air pressure in hPa.
    case pressure

    /// The unit as people write it.
    package var unit: String {
        switch self {
        case .temperature: "°C"
        case .humidity: "%RH"
        case .pressure: "hPa"
        }
    }

    /// What can be true of any sensor of this quantity behind a kernel driver, in its unit; outside is `out_of_range`.
    ///
    /// Wider than one chip's range: a board's processor reaches 110 °C, and its driver does not name the chip's limits.
    package var plausibleRange: ClosedRange<Double> {
        switch self {
        case .temperature: -55...150
        case .humidity: 0...100
        case .pressure: 300...1_100
        }
    }
}
