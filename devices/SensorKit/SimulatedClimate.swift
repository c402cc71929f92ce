import Glibc
package import TelemetryModel

/// Air that never was: a daily wave plus noise, a pure function of seed and time.
///
/// Warmest at 15:00 UTC, driest at the same time; noise is uniform, ±0.05 °C and ±0.2 %RH.
package struct SimulatedClimate: Equatable, Sendable {
    private static let dayMilliseconds = 86_400_000.0
    private static let temperatureMean = 21.0
    private static let temperatureSwing = 3.0
    private static let humidityMean = 48.0
    private static let humiditySwing = 9.0

    private let seed: UInt64

    package init(seed: UInt64) {
        self.seed = seed
    }

    package func readings(at instant: Timestamp) -> [ChannelReading] {
        let day = Double(instant.milliseconds) / Self.dayMilliseconds
        let wave = sin(2 * .pi * (day - 9.0 / 24))
        var noise = SplitMix64(seed: self.seed ^ UInt64(bitPattern: instant.milliseconds))
        let warmth = Double.random(in: -0.05...0.05, using: &noise)
        let damp = Double.random(in: -0.2...0.2, using: &noise)
        let temperature = Self.temperatureMean + Self.temperatureSwing * wave + warmth
        let humidity = Self.humidityMean - Self.humiditySwing * wave + damp
        return [.checked(.temperature, temperature, in: -40...125), .checked(.humidity, humidity, in: 0...100)]
    }
}
