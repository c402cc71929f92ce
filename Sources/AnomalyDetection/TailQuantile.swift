package import TelemetryModel

/// The size that all but a small share of a stream of magnitudes stay under, learned one value at a time in eight bytes.
///
/// A step up when the magnitude is larger, a small step down when it is not: at rest the steps balance where the share of
/// larger ones is ``share``. Steps are factors, so the scale of the data does not matter, and one monstrous value moves it no
/// more than a slightly large one.
package struct TailQuantile: Equatable, Sendable {
    /// The share of magnitudes above the tracked size.
    package static let share = 0.01

    /// The tracked size; 0 until the first magnitude above 0.
    package private(set) var size = 0.0

    package init() {}

    /// Moves towards the quantile; `floor` is the smallest size it may take.
    package mutating func observe(_ magnitude: Double, floor: Double) {
        if magnitude > self.size {
            // From nothing the size starts at the first magnitude seen.
            self.size = self.size == 0 ? magnitude : min(self.size * TailQuantile.factorUp, magnitude)
        } else {
            self.size *= TailQuantile.factorDown
        }
        self.size = max(self.size, floor)
    }

    /// e^(0.1 × (1 − share)) and e^(−0.1 × share): a tenth up, a thousandth down.
    private static let factorUp = 1.104_065_6
    private static let factorDown = 0.999_000_5

    package func write(to state: inout StateWriter) {
        state.write(self.size)
    }

    package init(reading state: inout StateReader) throws(StateReader.Fault) {
        self.size = try state.readDouble()
        guard self.size >= 0, self.size.isFinite else { throw state.fault }
    }
}
