import Glibc

/// The temperature at which air of a given temperature and humidity is saturated.
///
/// Source: Magnus formula with a = 17.62 and b = 243.12 °C (sensors contract section 1, rule 11).
package enum DewPoint {
    private static let a = 17.62
    private static let b = 243.12

    /// The dew point in °C; `nil` for air without any water, which has none.
    ///
    /// - Parameters:
    ///   - temperature: °C, above −243.
    ///   - humidity: %RH, above 0 to 100.
    /// - Returns: °C.
    package static func celsius(temperature: Double, humidity: Double) -> Double? {
        guard humidity > 0, temperature > -self.b else { return nil }
        let gamma = log(humidity / 100) + self.a * temperature / (self.b + temperature)
        let value = self.b * gamma / (self.a - gamma)
        return value.isFinite ? value : nil
    }
}
