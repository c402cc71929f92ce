/// Percentiles of a set of numbers, as SQL defines them.
package enum Percentile {
    /// `PERCENTILE_CONT`: between the two nearest values in proportion.
    ///
    /// - Parameters:
    ///   - fraction: 0…1.
    ///   - sorted: Ascending.
    /// - Returns: `nil` when there are no values.
    package static func continuous(_ fraction: Double, of sorted: [Double]) -> Double? {
        guard let last = sorted.last else { return nil }
        let place = fraction * Double(sorted.count - 1)
        let index = Int(place)
        guard index + 1 < sorted.count else { return last }
        let share = place - Double(index)
        // Two products instead of a difference, which could overflow.
        return share == 0 ? sorted[index] : sorted[index] * (1 - share) + sorted[index + 1] * share
    }

    /// `PERCENTILE_DISC`: the first value whose share of values up to it is at least the fraction.
    ///
    /// - Parameters:
    ///   - fraction: 0…1.
    ///   - sorted: Ascending.
    /// - Returns: `nil` when there are no values.
    package static func discrete(_ fraction: Double, of sorted: [Double]) -> Double? {
        guard !sorted.isEmpty else { return nil }
        let place = (fraction * Double(sorted.count)).rounded(.up)
        return sorted[min(max(Int(place) - 1, 0), sorted.count - 1)]
    }
}
