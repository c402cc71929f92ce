internal import Glibc
internal import TelemetryModel

/// How large changes get: the sizes that one in ten and one in a hundred exceed, and from the two of them, rarer ones.
///
/// Between two such sizes and beyond, the tail is taken as a Pareto tail, whose heaviness is their ratio: a room that is quiet for
/// hours and then has its window opened has a heavy one, an outdoor sensor that is never quiet a light one. Each size moves by a
/// small factor per value, faster in the beginning, so that neither scale nor single monsters matter. 24 bytes.
struct ChangeTail: Equatable, Sendable {
    /// The bounds of the ratio of the two sizes. A Gaussian has 1.6; beyond 6 the extrapolation is guesswork.
    private static let ratios = 1.5...6.0
    /// Beyond one in so many hundreds the tail is not extrapolated: nobody has seen so many.
    private static let rarityMax = 500.0
    /// Values after which the doubt is as large as the size itself: few have not shown what many will.
    private static let doubtCount = 60.0
    /// Values after which the steps are smallest.
    private static let settledCount = 400

    /// The size that one in ten exceed.
    private var tenth = 0.0
    /// The size that one in a hundred exceed.
    private(set) var hundredth = 0.0
    private(set) var count = 0

    /// The size that one in so many changes exceeds, and more while little is known.
    ///
    /// - Parameters:
    ///   - changes: 100 and more; taken as 100 below. Between powers of ten the size is interpolated.
    ///   - ratioMax: The heaviest tail that can be true of these changes.
    /// - Returns: In the changes' unit.
    func size(oncePer changes: Double, ratioMax: Double) -> Double {
        var size = self.hundredth * (1 + ChangeTail.doubtCount / Double(max(self.count, 1)))
        let ratio = min(self.ratio, ratioMax)
        var rest = min(changes / 100, ChangeTail.rarityMax)
        while rest >= 10 {
            size *= ratio
            rest /= 10
        }
        return rest > 1 ? size * (1 + (ratio - 1) * (rest - 1) / 9) : size
    }

    /// The share of values that exceed a size, for one above ``hundredth``; `nil` below it, where it is not known well.
    func share(above size: Double) -> Double? {
        guard self.hundredth > 0, size >= self.hundredth else { return nil }
        return 0.01 * pow(10, -log(size / self.hundredth) / log(self.ratio))
    }

    /// Learns from a size; `floor` is the smallest that either may become.
    mutating func observe(_ size: Double, floor: Double) {
        self.count += self.count < ChangeTail.settledCount ? 1 : 0
        let pace = max(0.02, 4 / Double(self.count + 8))
        self.tenth = ChangeTail.moved(self.tenth, by: size, share: 0.1, pace: pace, floor: floor)
        self.hundredth = ChangeTail.moved(self.hundredth, by: size, share: 0.01, pace: pace, floor: floor)
        self.hundredth = max(self.hundredth, self.tenth)
    }

    private var ratio: Double {
        guard self.tenth > 0 else { return ChangeTail.ratios.upperBound }
        return min(max(self.hundredth / self.tenth, ChangeTail.ratios.lowerBound), ChangeTail.ratios.upperBound)
    }

    private static func moved(_ old: Double, by size: Double, share: Double, pace: Double, floor: Double) -> Double {
        // 1 + x instead of eˣ: the same numbers on every machine.
        let moved = size > old ? min(old == 0 ? size : old * (1 + pace * (1 - share)), size) : old * (1 - pace * share)
        return max(moved, floor)
    }

    func snapshot(into state: inout StateWriter) {
        state.write(self.tenth)
        state.write(self.hundredth)
        state.write(self.count)
    }
}

extension ChangeTail {
    init(restoring state: inout StateReader) throws(StateReader.Fault) {
        self.tenth = try state.readSize()
        self.hundredth = try state.readSize()
        self.count = try state.readTally(atMost: ChangeTail.settledCount)
    }
}
