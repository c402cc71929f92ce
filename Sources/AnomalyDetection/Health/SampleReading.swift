internal import TelemetryModel

/// A reading that the detectors of a channel judge, with what they share about it.
struct SampleReading {
    /// A finite number.
    var value: Double
    /// The reading before; `nil` for the first, and after a gap that was too long to compare.
    var previous: Double?
    /// The device's instant; later than the one of `previous`.
    var time: Timestamp
    /// Milliseconds since `previous`; above 0.
    var interval: Double
    /// The usual interval in milliseconds; above 0.
    var usualInterval: Double
    /// The smallest step ever seen between two readings; 0 until there was one.
    var resolution: Double
    /// Whether the detectors may learn from it: no alert is open, and nothing was wrong with the reading before.
    var mayLearn: Bool
    /// The smallest change worth an alert, in the channel's unit.
    var significance: Double

    /// The difference from the reading before, finite.
    var step: Double {
        guard let previous = self.previous else { return 0 }
        return min(max(self.value - previous, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
    }
}
