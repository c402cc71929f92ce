import AnomalyDetection
import TelemetryJSON

/// The lines that `weir detect` prints.
enum ScoreText {
    /// The names of the columns.
    static let header = "timestamp,anomaly_score"

    /// A line of CSV; the time is quoted where it must be.
    static func line(time: String, score: Double) -> String {
        let mustQuote = time.contains { ",\"\r\n".contains($0) }
        let field = mustQuote ? "\"" + time.replacing("\"", with: "\"\"") + "\"" : time
        return "\(field),\(self.text(of: score))"
    }

    /// A line of JSON with what explains the score.
    static func json(time: String, value: Double?, verdict: SeriesVerdict) -> String {
        var writer = JSONWriter(capacity: 160)
        writer.beginObject()
        writer.key("timestamp")
        writer.string(time)
        if let value, value.isFinite {
            writer.key("value")
            writer.number(value)
        }
        writer.key("anomaly_score")
        writer.number(verbatim: self.text(of: verdict.score))
        if verdict.isAlert {
            writer.key("view")
            writer.string(verdict.view.rawValue)
            if let pValue = verdict.pValue {
                writer.key("p_value")
                writer.number(pValue)
            }
        }
        if let expected = verdict.expected, expected.low.isFinite, expected.high.isFinite {
            writer.key("expected_low")
            writer.number(expected.low)
            writer.key("expected_high")
            writer.number(expected.high)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Six decimals, cut, so that nothing below 0.5 reads as 0.5.
    private static func text(of score: Double) -> String {
        let millionths = Int(score * 1_000_000)
        let digits = String(millionths % 1_000_000)
        return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
