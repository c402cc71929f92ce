/// What a channel measures. The unit is fixed by the quantity: readings never carry another one.
package enum Quantity: String, CaseIterable, Hashable, Sendable {
    /// Temperature in °C.
    case temperature
    /// Relative humidity in %RH.
    case humidity
    /// Air pressure in hPa.
    case pressure
    /// Carbon dioxide in parts per million of the air's volume.
    case carbonDioxide = "co2"
    /// Dew point in °C: computed, no sensor measures it.
    case dewPoint

    /// The unit as people write it.
    package var unit: String {
        switch self {
        case .temperature, .dewPoint: "°C"
        case .humidity: "%RH"
        case .pressure: "hPa"
        case .carbonDioxide: "ppm"
        }
    }

    /// What can be true of any sensor of this quantity behind a kernel driver, in its unit; outside is `out_of_range`.
    ///
    /// Wider than one chip's range: a board's processor reaches 110 °C, and its driver does not name the chip's limits.
    package var plausibleRange: ClosedRange<Double> {
        switch self {
        case .temperature: -55...150
        case .dewPoint: -80...100
        case .carbonDioxide: 1...40_000
        case .humidity: 0...100
        case .pressure: 300...1_100
        }
    }
}
