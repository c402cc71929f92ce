/// What an anomaly function says about one event: the record that the SQL functions return.
package struct AnomalyFunctionResult: Equatable, Sendable {
    /// Spikes and dips: the p-value, 0 impossible … 0.5 (1 for one side) ordinary. Change points: the martingale, large when the
    /// last events differ from those before.
    package var score: Double
    package var isAnomaly: Bool

    package init(score: Double, isAnomaly: Bool) {
        self.score = score
        self.isAnomaly = isAnomaly
    }
}
