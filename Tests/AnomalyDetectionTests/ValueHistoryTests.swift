import AnomalyDetection
import TelemetryModel
import TestSupport
import Testing

@Suite("the last values of a series")
struct ValueHistoryTests {
    @Test("quantiles and the summary are those of the last 64 values, sorted anew each time")
    func againstSorting() {
        var random = SeededGenerator.announced("againstSorting")
        var history = ValueHistory()
        var values: [Double] = []
        for index in 0..<1_000 {
            // Few different values, so that equals meet.
            let value = Double(Int.random(in: -9...9, using: &random)) / 2
            values.append(value)
            history.append(value, at: Timestamp(seconds: Int64(index)))
            let kept = values.suffix(64)
            let sorted = kept.sorted()
            #expect(history.count == kept.count)
            #expect(history.last == value)
            #expect(history.quantile(0) == sorted.first)
            #expect(history.quantile(1) == sorted.last)
            let middle = sorted.count / 2
            let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
            #expect(abs(history.quantile(0.5) - median) < 1e-12)
            #expect(history.summary?.min == sorted.first)
            #expect(history.summary?.max == sorted.last)
            #expect(history.summary?.start == Timestamp(seconds: Int64(index + 1 - kept.count)))
            #expect(history.summary?.end == Timestamp(seconds: Int64(index)))
        }
        history.removeAll()
        #expect(history.summary == nil && history.last == nil)
    }
}
