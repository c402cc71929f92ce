package import TelemetryModel

/// A sum of doubles that keeps what each addition rounds off (Neumaier 1974): the sum of a billion values is as exact as that of
/// ten. Sums are merged in the order of their panes, so that the same values give the same bits.
package struct CompensatedSum: Equatable, Sendable {
    private var sum = 0.0
    private var compensation = 0.0

    package init() {}

    /// The sum; infinite or NaN when it left `Double`'s range.
    package var value: Double {
        // Beyond the range the compensation is NaN and says nothing.
        self.sum.isFinite ? self.sum + self.compensation : self.sum
    }

    @inline(__always)
    package mutating func add(_ value: Double) {
        let total = self.sum + value
        if abs(self.sum) >= abs(value) {
            self.compensation += (self.sum - total) + value
        } else {
            self.compensation += (value - total) + self.sum
        }
        self.sum = total
    }

    package mutating func merge(_ other: CompensatedSum) {
        self.add(other.sum)
        self.compensation += other.compensation
    }
}

extension CompensatedSum {
    package func snapshot(into state: inout StateWriter) {
        state.write(self.sum)
        state.write(self.compensation)
    }

    package init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.sum = try state.readDouble()
        self.compensation = try state.readDouble()
    }
}
