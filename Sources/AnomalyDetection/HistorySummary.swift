package import TelemetryModel

/// The samples an expectation came from, in short.
package struct HistorySummary: Equatable, Sendable {
    package var start: Timestamp
    package var end: Timestamp
    package var count: Int
    package var mean: Double
    package var min: Double
    package var max: Double

    package init(start: Timestamp, end: Timestamp, count: Int, mean: Double, min: Double, max: Double) {
        self.start = start
        self.end = end
        self.count = count
        self.mean = mean
        self.min = min
        self.max = max
    }
}
