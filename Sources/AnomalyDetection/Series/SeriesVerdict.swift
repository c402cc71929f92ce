/// What ``SeriesDetector`` says about one value.
package struct SeriesVerdict: Equatable, Sendable {
    /// 0 nothing new … 1: 0.5 and more is an alert, on the value with which something unusual begins, or is told again
    /// while a fault lasts; exactly 0.5 on every further value that lies far outside the range of days.
    package var score: Double
    /// How unusual the value itself is, 0 … 1, without regard to the values before it: stays high while an event lasts.
    package var surprise: Double
    /// The probability of something as unusual in the view that moved most; `nil` for a run of equal values and for the range.
    package var pValue: Double?
    /// The view that moved most.
    package var view: SeriesView
    /// What was expected of the value; there when the score is 0.5 or more.
    package var expected: ExpectedBand?

    package init(score: Double, surprise: Double, pValue: Double?, view: SeriesView, expected: ExpectedBand?) {
        self.score = score
        self.surprise = surprise
        self.pValue = pValue
        self.view = view
        self.expected = expected
    }

    /// Whether an alert begins with the value, or is told again.
    package var isAlert: Bool { self.score >= 0.5 }

    /// Of a value that says nothing: one that is not finite.
    static let none = SeriesVerdict(score: 0, surprise: 0, pValue: nil, view: .value, expected: nil)
}
