import TelemetryModel
import TestSupport
import Testing

@testable import AnomalyDetection

@Suite("battery running down: level, slope and days left")
struct BatteryDetectorTests {
    private static let model = ChannelModel(name: "voltage", kind: .batteryVoltage)

    /// Feeds one reading every ten minutes; returns each hour's finding.
    private func run(
        days: Int,
        model: ChannelModel = BatteryDetectorTests.model,
        detector: inout BatteryDetector,
        from start: Int64 = 0,
        level: (Double) -> (volts: Double, celsius: Double?)
    ) -> [(day: Double, finding: HealthFinding)] {
        var findings: [(Double, HealthFinding)] = []
        for step in 0..<(days * 144) {
            let time = Timestamp(seconds: start + Int64(step) * 600)
            let now = level(Double(step) / 144)
            let finding = detector.observe(now.volts, temperature: now.celsius, at: time, model: model)
            if let finding, step % 6 == 0 { findings.append((Double(step) / 144, finding)) }
        }
        return findings
    }

    @Test("a steady fall is told seven days before the limit, and as critical two days before")
    func fall() throws {
        var detector = BatteryDetector()
        // From 3.0 V, 0.02 V a day: 88 % of 3.0 V is reached on day 18.
        let findings = self.run(days: 17, detector: &detector) { (3.0 - 0.02 * $0, nil) }
        let first = try #require(findings.first { $0.finding.isAbnormal })
        #expect(first.day > 10.5 && first.day < 11.5)
        #expect(first.finding.measure == .batteryDays && first.finding.seen < 7 && first.finding.seen > 6.5)
        #expect(first.finding.severity == .warning)
        let critical = try #require(findings.first { $0.finding.severity == .critical })
        #expect(critical.day > 15.5 && critical.day < 16.5)
    }

    @Test(
        "levels that are no trouble",
        arguments: [
            ("mains", 0.0, 0.0), ("a weak fall, 13 days left at the end", 0.008, 0),
            ("cold nights: 3 mV a degree", 0, 0.003),
        ] as [(String, Double, Double)]
    )
    func quiet(_ name: String, perDay: Double, perDegree: Double) {
        var random = SeededGenerator(seed: 1)
        var detector = BatteryDetector()
        let findings = self.run(days: 20, detector: &detector) { day in
            // Swings of 20 °C a day, colder every day.
            let celsius = 20 + 20 * abs(day.truncatingRemainder(dividingBy: 1) - 0.5) - day
            let noise = Double.random(in: -0.005...0.005, using: &random)
            return (3.0 - perDay * day + perDegree * (celsius - 25) + noise, celsius)
        }
        #expect(!findings.isEmpty && !findings.contains { $0.finding.isAbnormal }, "\(name)")
    }

    @Test("a level below the limit is critical, whatever the slope", arguments: [(15.1, false), (14.9, true)])
    func limit(percent: Double, isAbnormal: Bool) throws {
        var detector = BatteryDetector()
        let model = ChannelModel(name: "battery", kind: .batteryCharge)
        let findings = self.run(days: 3, model: model, detector: &detector) { _ in (percent, nil) }
        let last = try #require(findings.last?.finding)
        #expect(last.isAbnormal == isAbnormal)
        if isAbnormal { #expect(last.measure == .batteryLevel && last.severity == .critical) }
    }

    @Test("a fresh battery ends it, and begins to learn anew")
    func fresh() {
        var detector = BatteryDetector()
        let falling = self.run(days: 15, detector: &detector) { (3.0 - 0.02 * $0, nil) }
        #expect(falling.last?.finding.isAbnormal == true)
        let after = self.run(days: 4, detector: &detector, from: 15 * 86_400) { _ in (3.0, nil) }
        #expect(after.last?.finding.isAbnormal == false)
    }

    @Test("nothing is said before 48 hours are known")
    func learning() {
        var detector = BatteryDetector()
        #expect(self.run(days: 2, detector: &detector) { (3.0 - 0.1 * $0, nil) }.isEmpty)
        #expect(!self.run(days: 1, detector: &detector, from: 2 * 86_400) { (2.8 - 0.1 * $0, nil) }.isEmpty)
    }
}
