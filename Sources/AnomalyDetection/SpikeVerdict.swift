/// What a detector says about one value.
package struct SpikeVerdict: Equatable, Sendable {
    /// What was expected; `nil` during the warm-up.
    package var expected: ExpectedBand?
    /// 0 as expected … 1 impossible; 0.5 is the edge of the band. 0 during the warm-up.
    package var score: Double
    package var action: AlertLatch.Action
    /// The alert that opened, goes on or ended with this value.
    package var alert: AlertLatch.OpenAlert?
    /// The samples the expectation came from, when there is something to report about the alert.
    package var samples: HistorySummary?

    package init(
        expected: ExpectedBand?,
        score: Double,
        action: AlertLatch.Action,
        alert: AlertLatch.OpenAlert? = nil,
        samples: HistorySummary? = nil
    ) {
        self.expected = expected
        self.score = score
        self.action = action
        self.alert = alert
        self.samples = samples
    }
}
