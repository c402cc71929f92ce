import TelemetryModel
import TestSupport
import Testing

@testable import AnomalyDetection

@Suite("level shift and slow drift, against the season and against peers")
struct LevelAndDriftTests {
    /// A day's wave of ±4 around 20 with a little noise, at an instant.
    private static func wave(_ time: Timestamp, _ random: inout SeededGenerator) -> Double {
        let hour = Double(time.milliseconds % 86_400_000) / 3_600_000
        // A triangle is wave enough.
        return 20 + 4 * (abs(hour - 12) / 6 - 1) + Double.random(in: -0.2...0.2, using: &random)
    }

    /// A baseline that has learned five days of the wave, a reading every ten minutes.
    private func learned(_ source: inout ReadingSource, _ random: inout SeededGenerator) -> SeasonalBaseline {
        var baseline = SeasonalBaseline()
        for _ in 0..<(5 * 144) {
            let value = LevelAndDriftTests.wave(source.time + source.interval, &random)
            let reading = source.next(value)
            baseline.learn(reading.value, at: reading.time)
        }
        return baseline
    }

    @Test("the baseline follows the hours of the day, and is not used before thirty of them")
    func baseline() throws {
        var random = SeededGenerator(seed: 1)
        var source = ReadingSource(interval: .seconds(600))
        let baseline = self.learned(&source, &random)
        #expect(baseline.isLearned)
        for hour in 0..<24 {
            let time = source.time + .seconds(hour * 3_600)
            let expected = try #require(baseline.expected(at: time))
            var none = SeededGenerator(seed: 2)
            #expect(abs(expected - LevelAndDriftTests.wave(time, &none)) < 1)
        }
        #expect(baseline.reach.size < 2)
        var young = SeasonalBaseline()
        var time = Timestamp(seconds: 0)
        // The 30th hour has ended when the 31st begins.
        for hour in 0...30 {
            #expect(!young.isLearned || hour == 31)
            young.learn(1, at: time)
            time = time + .seconds(3_600)
        }
        #expect(young.isLearned)
    }

    @Test(
        "a shift is found within twelve readings, holds while it lasts, and ends when it has returned",
        arguments: [7.0, -7.0]
    )
    func shift(offset: Double) {
        var random = SeededGenerator(seed: 4)
        var source = ReadingSource(interval: .seconds(600))
        let baseline = self.learned(&source, &random)
        var detector = LevelShiftDetector()
        func feed(_ count: Int, _ offset: Double) -> [HealthFinding?] {
            (0..<count).map { _ in
                let value = LevelAndDriftTests.wave(source.time + source.interval, &random) + offset
                return detector.observe(source.next(value), baseline: baseline, days: nil)
            }
        }
        #expect(!judgements(feed(144, 0)).contains("!"))
        let shifted = judgements(feed(300, offset))
        #expect(shifted.prefix(12).contains("!"))
        #expect(!shifted.dropFirst(12).contains("."))
        #expect(judgements(feed(1, 0)) == ".")
        #expect(!judgements(feed(144, 0)).contains("!"))
    }

    @Test("five far readings in a row are no shift, six are", arguments: [(1, false), (5, false), (6, true)])
    func duration(count: Int, isFound: Bool) {
        var random = SeededGenerator(seed: 5)
        var source = ReadingSource(interval: .seconds(600))
        let baseline = self.learned(&source, &random)
        var detector = LevelShiftDetector()
        let findings = (0..<count).map { _ in detector.observe(source.next(1_000), baseline: baseline, days: nil) }
        #expect(judgements(findings).contains("!") == isFound)
    }

    @Test(
        "outside the range of all days, three of four readings are enough",
        arguments: [("oio", false), ("ooo", true), ("oioo", true)]
    )
    func range(input: String, isFound: Bool) {
        var random = SeededGenerator(seed: 6)
        var source = ReadingSource(interval: .seconds(600))
        let baseline = self.learned(&source, &random)
        var detector = LevelShiftDetector()
        let days = ExpectedBand(low: 10, high: 30, basis: .longTerm)
        let findings = input.map { character in
            let inside = LevelAndDriftTests.wave(source.time + source.interval, &random)
            return detector.observe(source.next(character == "o" ? 31 : inside), baseline: baseline, days: days)
        }
        #expect(judgements(findings).contains("!") == isFound)
    }

    @Test(
        "Page-Hinkley sums what is beyond the allowance, both ways",
        arguments: [
            (1.5, 23, false), (1.5, 24, true), (-1.5, 24, true), (0.5, 10_000, false), (100, 9, false), (100, 10, true),
        ]
    )
    func pageHinkley(value: Double, hours: Int, isAbnormal: Bool) {
        var test = PageHinkley()
        for _ in 0..<hours { test.observe(value) }
        #expect(test.isAbnormal == isAbnormal)
    }

    @Test("Page-Hinkley ends at half of its threshold")
    func pageHinkleyEnd() {
        var test = PageHinkley()
        for _ in 0..<24 { test.observe(1.5) }
        for _ in 0..<24 { test.observe(0) }
        #expect(test.sum == 12 && test.isAbnormal)
        test.observe(0)
        #expect(!test.isAbnormal)
    }

    @Test("a sensor that creeps away from its peers is found before it is far", arguments: [0.03, -0.03])
    func peerDrift(perHour: Double) throws {
        var random = SeededGenerator(seed: 8)
        var source = ReadingSource(interval: .seconds(600))
        var detector = PeerDetector()
        var found: (hours: Int, finding: HealthFinding)?
        for step in 0..<(20 * 144) {
            let truth = LevelAndDriftTests.wave(source.time + source.interval, &random)
            let drift = step < 1_440 ? 0 : Double(step - 1_440) / 6 * perHour
            let noise = Double.random(in: -0.3...0.3, using: &random)
            let reading = source.next(truth + 0.5 + noise + drift)
            if let (peers, creep) = detector.observe(reading, median: truth) {
                if step < 1_440 { #expect(!peers.isAbnormal && creep?.isAbnormal != true) }
                if found == nil, let creep, creep.isAbnormal { found = ((step - 1_440) / 6, creep) }
            }
        }
        let result = try #require(found)
        print("drift of \(perHour) an hour found after \(result.hours) h at \(result.finding.seen)")
        #expect(result.finding.detector == .slowDrift && result.finding.measure == .driftFromPeers)
        #expect(result.hours < 72)
    }

    @Test("a sudden difference from the peers is found with the third reading, and the usual one is none")
    func peerJump() {
        var random = SeededGenerator(seed: 9)
        var source = ReadingSource(interval: .seconds(600))
        var detector = PeerDetector()
        var findings: [HealthFinding?] = []
        for step in 0..<300 {
            let truth = LevelAndDriftTests.wave(source.time + source.interval, &random)
            let noise = Double.random(in: -0.1...0.1, using: &random)
            let value = truth + 3 + noise + (step < 297 ? 0 : 2)
            findings.append(detector.observe(source.next(value), median: truth)?.peers)
        }
        let text = judgements(findings)
        #expect(!text.dropLast(3).contains("!"))
        #expect(text.hasSuffix("..!"))
    }

    @Test(
        "the median needs two fresh peers and leaves the asking device out",
        arguments: [
            ([], nil), ([1.0], nil), ([1, 3], 2), ([1, 3, 100], 3), ([1, 3, 100, 101], 51.5),
        ] as [([Double], Double?)]
    )
    func median(values: [Double], expected: Double?) {
        var group = PeerGroup()
        let now = Timestamp(seconds: 10_000)
        group.observe(1e6, device: 0, at: now)
        group.observe(.nan, device: 99, at: now)
        for (place, value) in values.enumerated() { group.observe(value, device: place + 1, at: now) }
        #expect(group.median(without: 0, at: now) == expected)
        #expect(group.median(without: 0, at: now + .seconds(3_600)) == expected)
        #expect(group.median(without: 0, at: now + .seconds(3_601)) == nil)
    }

    @Test("a group has at most 64 members: the longest silent one makes room; a late reading changes nothing")
    func groupBound() throws {
        var group = PeerGroup()
        for device in 0..<200 { group.observe(Double(device), device: device, at: Timestamp(seconds: Int64(device))) }
        // Devices 136 … 199 are left.
        let now = Timestamp(seconds: 200)
        #expect(group.median(without: -1, at: now) == 167.5)
        group.observe(0, device: 199, at: Timestamp(seconds: 1))
        #expect(group.median(without: -1, at: now) == 167.5)
        var writer = StateWriter()
        group.snapshot(into: &writer)
        var reader = StateReader(writer.bytes)
        #expect(try PeerGroup(restoring: &reader) == group)
    }
}
