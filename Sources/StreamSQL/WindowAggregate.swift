package import TelemetryModel

/// Count, mean, least and greatest of a window's values, in one pass.
///
/// The sum is compensated (Neumaier 1974), so that the mean of a billion values is as exact as that of ten. It is kept 2⁻⁶⁴ times
/// smaller, which changes no digit, so that values near the end of `Double`'s range cannot overflow it.
package struct WindowAggregate: Equatable, Sendable {
    package private(set) var count: Int64 = 0
    package private(set) var min = Double.infinity
    package private(set) var max = -Double.infinity
    private var sum = 0.0
    private var compensation = 0.0

    package init() {}

    /// Takes in a finite value.
    @inline(__always)
    package mutating func add(_ value: Double) {
        self.count += 1
        if value < self.min { self.min = value }
        if value > self.max { self.max = value }
        let scaled = value * WindowAggregate.scale
        let total = self.sum + scaled
        if abs(self.sum) >= abs(scaled) {
            self.compensation += (self.sum - total) + scaled
        } else {
            self.compensation += (scaled - total) + self.sum
        }
        self.sum = total
    }

    /// The arithmetic mean, never outside the extremes; NaN of no values.
    package var mean: Double {
        guard self.count > 0 else { return .nan }
        let mean = (self.sum + self.compensation) / Double(self.count) / WindowAggregate.scale
        return Swift.min(Swift.max(mean, self.min), self.max)
    }

    /// 2⁻⁶⁴.
    private static let scale = 0x1p-64
}

extension WindowAggregate {
    package func write(to state: inout StateWriter) {
        state.write(self.count)
        state.write(self.min)
        state.write(self.max)
        state.write(self.sum)
        state.write(self.compensation)
    }

    package init(reading state: inout StateReader) throws(StateReader.Fault) {
        self.count = try state.readInt64()
        self.min = try state.readDouble()
        self.max = try state.readDouble()
        self.sum = try state.readDouble()
        self.compensation = try state.readDouble()
        guard self.count >= 0 else { throw state.fault }
    }
}
