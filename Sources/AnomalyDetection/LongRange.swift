package import TelemetryModel

/// The range a series has kept to for days: what the recent values cannot tell when a fault creeps in slowly.
///
/// Two days of values set the range. Then each end follows normal values that go beyond it by at most
/// ``followShare`` of the width per value, and comes back towards the values at the same pace when they stay inside, so
/// seasons are followed and a sensor that drifts away within hours is not.
package struct LongRange: Equatable, Sendable {
    /// Shortest time and, unless said, fewest values the range is learned from before it counts.
    package static let learningTime = Duration.seconds(2 * 86_400)
    package static let learningCount = 1_000
    /// How far an end moves per value, as a share of the width.
    private static let followShare = 0.000_5
    /// How far an end comes back per value, as a share of the width.
    private static let returnShare = 0.000_01
    /// How far outside the range is still expected, unless said, as a share of the width.
    package static let marginShare = 0.5

    package private(set) var low = 0.0
    package private(set) var high = 0.0
    /// Instant of the first value.
    package private(set) var start = Timestamp(milliseconds: 0)
    private var end = Timestamp(milliseconds: 0)
    private var count = 0
    private let learningCount: Int
    private let marginShare: Double

    /// A range that has learned nothing.
    ///
    /// - Parameters:
    ///   - learningCount: the fewest values it is learned from.
    ///   - marginShare: how far outside is still expected, as a share of the width; positive.
    package init(learningCount: Int = LongRange.learningCount, marginShare: Double = LongRange.marginShare) {
        self.learningCount = learningCount
        self.marginShare = marginShare
    }

    package var isLearned: Bool {
        self.count >= self.learningCount && self.end - self.start >= LongRange.learningTime
    }

    /// The range with its margins; `nil` while it is being learned.
    package var band: ExpectedBand? {
        guard self.isLearned else { return nil }
        let margin = (self.high / 2 - self.low / 2) * 2 * self.marginShare
        guard margin > 0, (self.low - margin).isFinite, (self.high + margin).isFinite else { return nil }
        return ExpectedBand(low: self.low - margin, high: self.high + margin, basis: .longTerm)
    }

    /// Learns from a normal value.
    package mutating func observe(_ value: Double, at time: Timestamp) {
        guard self.count > 0 else { return self.restart(value, at: time) }
        if !self.isLearned {
            self.include(value)
        } else {
            let width = (self.high / 2 - self.low / 2) * 2
            let follow = width * LongRange.followShare
            let back = width * LongRange.returnShare
            self.high = value > self.high ? min(value, self.high + follow) : max(value, self.high - back)
            self.low = value < self.low ? max(value, self.low - follow) : min(value, self.low + back)
        }
        self.end = max(self.end, time)
        self.count += 1
    }

    /// Takes a value into the range at once, because it is the new normal.
    package mutating func include(_ value: Double) {
        self.low = min(self.low, value)
        self.high = max(self.high, value)
    }

    private mutating func restart(_ value: Double, at time: Timestamp) {
        (self.low, self.high, self.start, self.end, self.count) = (value, value, time, time, 1)
    }
}

extension LongRange {
    package func write(to state: inout StateWriter) {
        state.write(self.low)
        state.write(self.high)
        state.write(self.start.milliseconds)
        state.write(self.end.milliseconds)
        state.write(self.count)
    }

    /// Reads what ``write(to:)`` wrote; the settings are not in it.
    package init(
        reading state: inout StateReader,
        learningCount: Int = LongRange.learningCount,
        marginShare: Double = LongRange.marginShare
    ) throws(StateReader.Fault) {
        self.init(learningCount: learningCount, marginShare: marginShare)
        self.low = try state.readDouble()
        self.high = try state.readDouble()
        self.start = Timestamp(milliseconds: try state.readInt64())
        self.end = Timestamp(milliseconds: try state.readInt64())
        self.count = Int(try state.readInt64())
        guard self.low <= self.high, (0...(1 << 48)).contains(self.count) else { throw state.fault }
    }
}
