internal import Glibc
internal import TelemetryModel

/// A straight line through the hours of the last days, older ones forgotten (half-life three days): level, slope, and how sure it is.
///
/// Time is counted back from the latest hour, so that the sums stay small. 56 bytes.
struct BatteryTrend: Equatable, Sendable {
    private static let halfLifeHours = 72.0

    private(set) var hours = 0
    /// Weighted sums of 1, t, t², y, ty, y², t in hours before the latest one (0 or less).
    private var s0 = 0.0
    private var s1 = 0.0
    private var s2 = 0.0
    private var y0 = 0.0
    private var y1 = 0.0
    private var yy = 0.0

    /// Takes an hour's level; `step` is the number of hours since the last one, at least 1.
    mutating func observe(_ level: Double, step: Double) {
        let shift = min(max(step, 1), 10_000)
        let fade = exp2(-shift / BatteryTrend.halfLifeHours)
        // t becomes t − shift.
        self.s2 = (self.s2 - 2 * shift * self.s1 + shift * shift * self.s0) * fade
        self.y1 = (self.y1 - shift * self.y0) * fade
        self.s1 = (self.s1 - shift * self.s0) * fade
        self.s0 = self.s0 * fade + 1
        self.y0 = self.y0 * fade + level
        self.yy = self.yy * fade + level * level
        self.hours += self.hours < 1_000_000 ? 1 : 0
    }

    /// Level now, change per hour, and that change in units of its standard error; `nil` before the third hour.
    var line: (level: Double, slope: Double, certainty: Double)? {
        guard self.hours >= 3 else { return nil }
        let determinant = self.s0 * self.s2 - self.s1 * self.s1
        guard determinant > 1e-9 else { return nil }
        let slope = (self.s0 * self.y1 - self.s1 * self.y0) / determinant
        let level = (self.y0 - slope * self.s1) / self.s0
        let rest = max(self.yy - level * self.y0 - slope * self.y1, 0)
        let variance = max(rest / max(self.s0 - 2, 1), 1e-12 * level * level)
        let error = (variance * self.s0 / determinant).squareRoot()
        let values = [level, slope, error]
        guard values.allSatisfy(\.isFinite), error > 0 else { return nil }
        return (level, slope, slope / error)
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.hours)
        for sum in [self.s0, self.s1, self.s2, self.y0, self.y1, self.yy] { state.write(sum) }
    }
}

extension BatteryTrend {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.hours = try state.readTally(atMost: 1_000_000)
        self.s0 = try state.readFinite()
        self.s1 = try state.readFinite()
        self.s2 = try state.readFinite()
        self.y0 = try state.readFinite()
        self.y1 = try state.readFinite()
        self.yy = try state.readFinite()
    }
}
