/// The one setting that ``SeriesDetector`` ships with: chosen on the open half of the labelled data, for all series at once.
enum SeriesTuning {
    // Expectation.

    /// Weight of a new value in the mean of the series.
    static let meanFollow = 0.002
    /// Weight of a new day in the profile of the time of day.
    static let profileFollow = 0.1
    /// The profile is expected when its error is below this share of the mean's.
    static let profileAdvantage = 0.85
    static let errorFollow = 0.01
    /// Weight of a new residual in the scale of all hours, and of its own hour.
    static let scaleFollow = 0.004
    static let hourFollow = 0.04
    /// How much the own hour's scale counts beside that of all hours.
    static let hourShare = 0.25
    static let stepScaleFollow = 0.001

    // Surprise.

    /// Values of the short windows, and the weight of a value in the long one.
    static let windowCount = 10
    static let trendFollow = 0.01
    /// Values before the views are learned: their scales settle first.
    static let settlingCount = 30
    /// Values before a surprise can be an alert: on the first morning everything is new.
    static let learningCount = 150
    /// How many of the largest magnitudes a view's tail is fitted to.
    static let largest = 8
    static let prior = TailHistogram.Prior(weight: 1, exponent: 2)
    /// Values after which the gate behind a surprise has fallen to a third.
    static let gateCount = 150.0
    /// Share of an alert's novelty that raises the gate for longer, against series that alert all day, and for how many values.
    static let barShare = 0.05
    static let barCount = 4_000.0
    /// What of novelty raises it.
    static let barNovelty = 0.5
    /// How far, in −log₁₀ p, the mean of the views must stand above the gate for an alert.
    static let noveltyLimit = 0.7

    // Faults.

    /// Values before faults are looked for.
    static let faultSettlingCount = 50
    /// False alarms a day that one view may raise on noise; sets the p-value of an alert from the rate of samples.
    static let falseAlarmsPerDay = 0.1
    /// Bounds of that p-value, as −log₁₀.
    static let surpriseLimits = 3.0...7.0
    /// Added to it at the beginning, fading over the first day.
    static let firstDayCaution = 1.5
    /// Added to it by every alert, fading to a third within 0.6 days, against series that alert all day; at most 3.
    static let alertCaution = 0.5
    static let alertCautionMax = 3.0
    /// Less is none.
    static let alertCautionMin = 0.001
    static let alertCautionDays = 0.6
    static let faultLargest = 10
    static let faultPrior = TailHistogram.Prior(weight: 4, exponent: 4 / 1.3)
    /// Steps of which the median tells a burst of noise, and what is added to its limit: medians follow each other.
    static let burstCount = 10
    static let burstCaution = 0.2
    /// A fault's first step is learned as at most this many times the largest one so far, once in so many days.
    static let stepGrowth = 1.5
    static let stepDays = 0.3
    /// A fault ends when its evidence was below this share of the limit for `quietCount` values.
    static let quietShare = 0.7
    static let quietCount = 10
    /// What lasts longer is the new normal and is learned.
    static let relearnDays = 8.0 / 24
    static let relearnCountMin = 100.0
    /// Evidence of at least this, where 1 begins a fault, is told again after so many values.
    static let reminderEvidence = 1.5
    static let reminderCount = 200
    /// Equal values that are a stuck sensor: at least so many, and so many times the longest normal run.
    static let stuckCountMin = 20
    static let stuckFactor = 3.0
    /// Changes of value before a run can be called unusual.
    static let changesMin = 30

    // The range of days.

    /// Values, beside two days, that the range is learned from.
    static let rangeCount = 400
    /// How far outside is still expected, as a share of the range's width.
    static let rangeMargin = 0.75
}
