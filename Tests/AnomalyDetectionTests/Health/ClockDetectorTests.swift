import TelemetryModel
import Testing

@testable import AnomalyDetection

@Suite("clock trouble: back, far ahead, standing still")
struct ClockDetectorTests {
    /// A record every ten seconds; the number is its stamp's offset from its arrival in seconds, `nil` the stamp before it again.
    private func run(_ offsets: [Int64?], isSame: Bool = false) -> (roles: String, judgements: String) {
        var detector = ClockDetector()
        var arrival = Timestamp(seconds: 1_700_000_000)
        var stamp = arrival
        var roles = ""
        var findings: [HealthFinding?] = []
        for offset in offsets {
            arrival = arrival + .seconds(10)
            if let offset { stamp = Timestamp(milliseconds: arrival.milliseconds + offset * 1_000) }
            let result = detector.observe(stamp, arrival: arrival, isSame: isSame, usualInterval: 10_000)
            findings.append(result.finding)
            switch result.role {
            case .live: roles.append("v")
            case .restarted: roles.append("b")
            case .late: roles.append("l")
            case .repeated: roles.append("r")
            }
        }
        return (roles, judgements(findings))
    }

    @Test(
        "what stamps mean, in offsets from their arrival in seconds",
        arguments: [
            ("on time", [0, 0, 0], "vvv", "..."),
            ("always an hour behind", [-3_600, -3_600, -3_600], "vvv", "..."),
            ("just not too far ahead", [0, 300], "vv", ".."),
            ("too far ahead, until the fourth good one", [0, 301, 0, 0, 0, 0], "vvvvvv", ".!!!!."),
            ("one late among live ones", [0, -60, 0, -60, 0], "vlvlv", "....."),
            ("a few late in a row", [0, -600, -600, -600, -600, 0], "vllllv", "......"),
            ("the clock went back", [0, -600, -600, -600, -600, -600, -600], "vllllbv", ".....!!"),
        ] as [(String, [Int64?], String, String)]
    )
    func offsets(_ name: String, offsets: [Int64?], roles: String, expected: String) {
        let result = self.run(offsets)
        #expect(result.roles == roles, "\(name)")
        #expect(result.judgements == expected, "\(name)")
    }

    @Test("a clock that stands for a minute and five readings is wrong; a resend is not")
    func standing() {
        let stamps: [Int64?] = [0, nil, nil, nil, nil, nil, nil, nil]
        #expect(self.run(stamps).judgements == "......!!")
        #expect(self.run(stamps, isSame: true).judgements == "........")
    }

    @Test("a stamp of the future does not make what follows late, and is judged at its arrival")
    func future() {
        var detector = ClockDetector()
        let arrival = Timestamp(seconds: 1_700_000_000)
        let far = Timestamp(seconds: 4_000_000_000)
        let first = detector.observe(far, arrival: arrival, isSame: false, usualInterval: 10_000)
        #expect(first.role == .live && first.time == arrival && first.finding.isAbnormal)
        let next = arrival + .seconds(10)
        #expect(detector.observe(next, arrival: next, isSame: false, usualInterval: 10_000).role == .live)
    }

    @Test("backlog that is sent at once is late, however long it is")
    func burst() {
        var detector = ClockDetector()
        let arrival = Timestamp(seconds: 1_700_000_000)
        _ = detector.observe(arrival, arrival: arrival, isSame: false, usualInterval: 10_000)
        for count in 1...1_000 {
            let time = Timestamp(milliseconds: arrival.milliseconds - 86_400_000 + Int64(count) * 10_000)
            let moment = arrival + .milliseconds(count * 20)
            let result = detector.observe(time, arrival: moment, isSame: false, usualInterval: 10_000)
            #expect(result.role == .late && !result.finding.isAbnormal)
        }
    }
}
