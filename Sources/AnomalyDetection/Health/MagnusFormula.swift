internal import Glibc

/// The dew point of air: Magnus formula with 17.62 and 243.12 °C (sensors contract section 1, rule 11).
enum MagnusFormula {
    private static let a = 17.62
    private static let b = 243.12

    /// The dew point in °C.
    ///
    /// - Parameters:
    ///   - temperature: °C.
    ///   - humidity: %RH.
    /// - Returns: °C; `nil` for air without water, and below −200 °C, where the formula means nothing.
    static func dewPoint(temperature: Double, humidity: Double) -> Double? {
        guard humidity > 0, temperature > -200 else { return nil }
        let gamma = log(humidity / 100) + self.a * temperature / (self.b + temperature)
        let value = self.b * gamma / (self.a - gamma)
        return value.isFinite ? value : nil
    }
}
