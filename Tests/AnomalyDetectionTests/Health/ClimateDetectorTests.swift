import TelemetryModel
import Testing

@testable import AnomalyDetection

@Suite("temperature and humidity that cannot both be true")
struct ClimateDetectorTests {
    @Test(
        "the dew point, sensors contract section 1, rule 11",
        arguments: [(25.0, 50.0, 13.85), (-10, 80, -12.80), (20, 100, 20)]
    )
    func dewPoint(temperature: Double, humidity: Double, expected: Double) throws {
        let value = try #require(MagnusFormula.dewPoint(temperature: temperature, humidity: humidity))
        #expect(abs(value - expected) < 0.005)
    }

    @Test("air without water has no dew point", arguments: [(20.0, 0.0), (20, -1), (-200, 50), (-1e150, 50)])
    func noDewPoint(temperature: Double, humidity: Double) {
        #expect(MagnusFormula.dewPoint(temperature: temperature, humidity: humidity) == nil)
    }

    /// Ten pairs at 20 °C and 50 %, then one: whether it is abnormal.
    private func judge(temperature: Double, humidity: Double, after seconds: Int = 30) -> Bool? {
        var detector = ClimateDetector()
        var time = Timestamp(seconds: 0)
        for _ in 0..<10 {
            time = time + .seconds(30)
            _ = detector.observe(temperature: 20, humidity: 50, at: time)
        }
        return detector.observe(temperature: temperature, humidity: humidity, at: time + .seconds(seconds))?.isAbnormal
    }

    @Test(
        "what may be true",
        arguments: [
            ("warmer, and the humidity did not notice", 30, 50, true),
            ("colder, and the humidity did not notice", 10, 50, true),
            ("real warming: 50 % at 20 °C are 27.5 % at 30 °C", 30, 27.5, false),
            ("steam: the dew point moves far more than the temperature", 25, 99, false),
            ("a change too small to judge", 23.99, 50, false),
            ("a change just large enough", 24.01, 50, true),
            ("humidity alone", 20, 90, false),
        ] as [(String, Double, Double, Bool)]
    )
    func pairs(_ name: String, temperature: Double, humidity: Double, isAbnormal: Bool) {
        #expect(self.judge(temperature: temperature, humidity: humidity) == isAbnormal, "\(name)")
    }

    @Test("after six and a half minutes there is nothing to compare to", arguments: [(240, true), (391, false)])
    func age(seconds: Int, isAbnormal: Bool) {
        #expect(self.judge(temperature: 30, humidity: 50, after: seconds) == isAbnormal)
    }

    @Test("it ends with the eighth pair that agrees again")
    func end() {
        var detector = ClimateDetector()
        var time = Timestamp(seconds: 0)
        var findings: [HealthFinding?] = []
        for place in 0..<40 {
            time = time + .seconds(120)
            findings.append(detector.observe(temperature: place < 10 ? 20 : 30, humidity: 50, at: time))
        }
        // Pairs 10 to 12 still see one of 20 °C within 390 s.
        let (before, after) = (String(repeating: ".", count: 10), String(repeating: ".", count: 20))
        #expect(judgements(findings) == before + "!!!!!!!!!!" + after)
    }
}
