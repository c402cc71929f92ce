package import TelemetryModel

/// Count, mean and sum of squared deviations in one pass (Welford 1962), mergeable (Chan, Golub, LeVeque 1979).
package struct Moments: Equatable, Sendable {
    package private(set) var count: Int64 = 0
    private var mean = 0.0
    private var squares = 0.0

    package init() {}

    package mutating func add(_ value: Double) {
        self.count += 1
        let delta = value - self.mean
        self.mean += delta / Double(self.count)
        self.squares += delta * (value - self.mean)
    }

    package mutating func merge(_ other: Moments) {
        guard other.count > 0 else { return }
        let count = self.count + other.count
        let delta = other.mean - self.mean
        self.mean += delta * Double(other.count) / Double(count)
        self.squares += other.squares + delta * delta * Double(self.count) * Double(other.count) / Double(count)
        self.count = count
    }

    /// The variance of a sample (`n − 1`), `nil` of fewer than two values; or of a whole population (`n`), `nil` of none.
    package func variance(ofPopulation isPopulation: Bool) -> Double? {
        let divisor = isPopulation ? self.count : self.count - 1
        return divisor > 0 ? self.squares / Double(divisor) : nil
    }
}

extension Moments {
    package func snapshot(into state: inout StateWriter) {
        state.write(self.count)
        state.write(self.mean)
        state.write(self.squares)
    }

    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.count = try state.readInt64()
        self.mean = try state.readDouble()
        self.squares = try state.readDouble()
        guard self.count >= 0 else { throw state.fault }
    }
}
