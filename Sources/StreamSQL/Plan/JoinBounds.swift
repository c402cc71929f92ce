package import TelemetryModel

/// How far apart the events of a join may be: `DATEDIFF(unit, other, this)` from ``lower`` to ``upper``.
package struct JoinBounds: Equatable, Sendable {
    /// The earlier input, by its place in ``SelectPlan/inputs``.
    package var other: Int
    /// What is counted.
    package var unit: TimeUnit
    /// The least difference, inclusive; negative when this input's event may come first.
    package var lower: Int64
    /// The greatest difference, inclusive.
    package var upper: Int64

    /// Bounds.
    package init(other: Int, unit: TimeUnit, lower: Int64, upper: Int64) {
        self.other = other
        self.unit = unit
        self.lower = lower
        self.upper = upper
    }

    /// Whether two events fit, by the boundaries of the unit between them.
    ///
    /// - Parameters:
    ///   - otherTime: The earlier input's event.
    ///   - time: This input's event.
    /// - Returns: Whether the difference is within the bounds.
    package func contains(other otherTime: Timestamp, this time: Timestamp) -> Bool {
        let difference = self.unit.boundaries(from: otherTime, to: time)
        return difference >= self.lower && difference <= self.upper
    }

    /// The earliest and the latest time this input's event can have for an event of the other, in milliseconds from it; a
    /// little wider than ``contains(other:this:)``.
    package var reach: ClosedRange<Int64> {
        let unit = self.unit.millisecondsMax
        return ((self.lower - 1) * unit)...((self.upper + 1) * unit)
    }
}
