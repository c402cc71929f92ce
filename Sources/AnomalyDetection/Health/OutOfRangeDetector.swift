internal import TelemetryModel

/// Readings outside what the sensor can measure, or outside a user's limits.
///
/// Two of the last four readings outside open it: one alone may be a wrong bit, and a dying sensor alternates between right and
/// impossible. Four in a row that are inside by the hysteresis end it. 17 bytes.
struct OutOfRangeDetector: Equatable, Sendable {
    /// Readings outside, of the last four, that open it: n of m.
    static let openCount = 2

    /// The last four readings, the newest in bit 0: whether outside the limits.
    private var outside: UInt8 = 0
    /// The same: whether outside the limits narrowed by the hysteresis.
    private var outsideNarrow: UInt8 = 0
    private(set) var since: Timestamp?

    mutating func observe(_ value: Double, at time: Timestamp, model: ChannelModel) -> HealthFinding? {
        let limits = model.limits
        guard limits.low > -.infinity || limits.high < .infinity else { return nil }
        let isOutside = !limits.contains(value)
        let narrow = ExpectedLimits(low: limits.low + model.hysteresis, high: limits.high - model.hysteresis)
        self.outside = (self.outside << 1 | (isOutside ? 1 : 0)) & 0b1111
        self.outsideNarrow = (self.outsideNarrow << 1 | (narrow.contains(value) ? 0 : 1)) & 0b1111
        if self.since == nil, self.outside.nonzeroBitCount >= OutOfRangeDetector.openCount { self.since = time }
        if self.outsideNarrow == 0 { self.since = nil }
        return HealthFinding(
            .outOfRange,
            .value,
            isAbnormal: self.since != nil,
            seen: value,
            expected: limits,
            excess: OutOfRangeDetector.excess(of: value, limits),
            since: self.since ?? time,
            severity: .critical
        )
    }

    /// 1 on a limit and beyond it by the width of the range (or by the limit's size, when there is one only) 3.
    private static func excess(of value: Double, _ limits: ExpectedLimits) -> Double {
        guard !limits.contains(value) else { return 0 }
        let width = limits.high - limits.low
        let limit = value > limits.high ? limits.high : limits.low
        let scale = width.isFinite && width > 0 ? width : max(abs(limit), 1e-9)
        return 1 + 2 * abs(value - limit) / scale
    }

    func snapshot(into state: inout StateWriter) {
        state.write(Int(self.outside))
        state.write(Int(self.outsideNarrow))
        state.write(self.since)
    }
}

extension OutOfRangeDetector {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.outside = UInt8(try state.readTally(atMost: 15))
        self.outsideNarrow = UInt8(try state.readTally(atMost: 15))
        self.since = try state.readOptionalTimestamp()
    }
}
