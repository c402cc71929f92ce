package import TelemetryModel

/// The values a series is expected to have next, and how far a value is from them.
package struct ExpectedBand: Equatable, Sendable {
    /// What the expectation came from.
    package enum Basis: Equatable, Sendable {
        /// The last normal values.
        case recent
        /// The range of days or weeks.
        case longTerm
    }

    package var low: Double
    package var high: Double
    package var basis: Basis

    package init(low: Double, high: Double, basis: Basis) {
        self.low = low
        self.high = high
        self.basis = basis
    }

    package func contains(_ value: Double) -> Bool {
        self.low <= value && value <= self.high
    }

    /// The distance from the middle in half widths: 1 on the edge, at most a million.
    package func deviation(of value: Double) -> Double {
        // Halves first: the sums of two large values would overflow.
        let middle = self.low / 2 + self.high / 2
        let half = self.high / 2 - self.low / 2
        let distance = abs(value / 2 - middle / 2) * 2
        guard half > 0 else { return distance > 0 ? 1_000_000 : 0 }
        return min(distance / half, 1_000_000)
    }

    /// The deviation as a score from 0 to 1: 0.5 on the band's edge, 0.8 at four half widths.
    package func score(of value: Double) -> Double {
        let deviation = self.deviation(of: value)
        return deviation / (deviation + 1)
    }

    package func write(to state: inout StateWriter) {
        state.write(self.low)
        state.write(self.high)
        state.write(self.basis == .longTerm)
    }

    package init(reading state: inout StateReader) throws(StateReader.Fault) {
        self.low = try state.readDouble()
        self.high = try state.readDouble()
        self.basis = try state.readBool() ? .longTerm : .recent
        guard self.low <= self.high else { throw state.fault }
    }
}
