internal import TelemetryModel

/// What a detector expected of what it looked at: two ends, either of which may be open (infinite).
package struct ExpectedLimits: Equatable, Sendable {
    package var low: Double
    package var high: Double

    package init(low: Double = -.infinity, high: Double = .infinity) {
        self.low = low
        self.high = high
    }

    package func contains(_ value: Double) -> Bool {
        self.low <= value && value <= self.high
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.low)
        state.write(self.high)
    }

    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.low = try state.readDouble()
        self.high = try state.readDouble()
        guard self.low <= self.high else { throw state.fault }
    }
}
