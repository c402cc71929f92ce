import AnomalyDetection
import TelemetryModel
import TestSupport

/// Feeds values to a detector, one a minute, and keeps what it says.
struct Series {
    var settings = SpikeSettings()
    var detector = SpikeDetector()
    private(set) var verdicts: [SpikeVerdict] = []
    private(set) var minute: Int64 = 0

    /// A quiet series: 20 ± 0.1, seeded.
    static func quiet(_ count: Int, seed: UInt64 = 1) -> [Double] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in 20 + Double.random(in: -0.1...0.1, using: &random) }
    }

    @discardableResult
    mutating func feed(_ values: [Double]) -> [SpikeVerdict] {
        let first = self.verdicts.count
        for value in values {
            let origin = AlertOrigin(partition: 1, offset: self.minute, ordinal: 0)
            let time = Timestamp(seconds: self.minute * 60)
            self.verdicts.append(self.detector.observe(value, at: time, origin: origin, settings: self.settings))
            self.minute += 1
        }
        return Array(self.verdicts[first...])
    }

    /// What happened, one character a value: `.` learned, `O` opened, `h` held, `w` worse, `C` cleared, `N` new normal.
    static func string(_ verdicts: [SpikeVerdict]) -> String {
        String(
            verdicts.map { verdict -> Character in
                switch verdict.action {
                case .learn: "."
                case .open: "O"
                case .hold: "h"
                case .worsen: "w"
                case .clear(.returned): "C"
                case .clear(.newNormal): "N"
                }
            }
        )
    }
}
