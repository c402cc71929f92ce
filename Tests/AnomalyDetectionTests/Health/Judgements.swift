import TelemetryModel
import Testing

@testable import AnomalyDetection

/// What detectors said, one character a reading: `!` abnormal, `.` normal, `?` nothing to say.
func judgements(_ findings: [HealthFinding?]) -> String {
    String(findings.map { finding in finding.map { $0.isAbnormal ? "!" : "." } ?? "?" })
}

/// The finding, which must be there: `#require` takes no call that changes a detector.
func required(_ finding: HealthFinding?) throws -> HealthFinding {
    try #require(finding)
}

/// Readings as a channel hands them to its detectors, one each `interval`.
struct ReadingSource {
    var interval: Duration
    var significance: Double
    var resolution = 0.01
    private(set) var time = Timestamp(seconds: 1_700_000_000)
    private(set) var last: Double?

    init(interval: Duration = .seconds(60), significance: Double = 0) {
        self.interval = interval
        self.significance = significance
    }

    mutating func next(_ value: Double, after gap: Duration? = nil, mayLearn: Bool = true) -> SampleReading {
        let step = gap ?? self.interval
        self.time = self.time + step
        defer { self.last = value }
        return SampleReading(
            value: value,
            previous: self.last,
            time: self.time,
            interval: Double(step.wholeMilliseconds),
            usualInterval: Double(self.interval.wholeMilliseconds),
            resolution: self.resolution,
            mayLearn: mayLearn,
            significance: self.significance
        )
    }
}
