import AnomalyDetection
import Foundation
import TelemetryModel
import TestSupport
import Testing

@Suite("the default detector of a series of unknown shape")
struct SeriesDetectorTests {
    private static let step: Int64 = 300

    private func noise(_ count: Int, seed: UInt64 = 1) -> [Double] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in 20 + Double.random(in: -1...1, using: &random) }
    }

    /// Noise on a daily wave, five minutes apart.
    private func days(_ count: Int, seed: UInt64 = 1) -> [Double] {
        self.noise(count * 288, seed: seed).enumerated().map { $1 + 10 * sin(Double($0) / 288 * 2 * .pi) }
    }

    private func run(_ values: [Double], every step: Int64 = SeriesDetectorTests.step) -> [SeriesVerdict] {
        var detector = SeriesDetector()
        return values.enumerated().map { detector.observe($1, at: Timestamp(seconds: Int64($0) * step)) }
    }

    private func firstAlert(_ verdicts: [SeriesVerdict], from index: Int) -> Int? {
        verdicts.indices.first { $0 >= index && verdicts[$0].isAlert }
    }

    @Test("a wrong value is an alert at once, and the band says what was expected")
    func wrongValue() throws {
        let verdicts = self.run(self.noise(1_000) + [60] + self.noise(50, seed: 2))
        let verdict = verdicts[1_000]
        #expect(verdict.isAlert && verdict.surprise >= 0.5)
        let band = try #require(verdict.expected)
        #expect(band.low > 17 && band.low < 19.5 && band.high > 20.5 && band.high < 23)
        #expect(!band.contains(60))
        #expect(try #require(verdict.pValue) < 1e-3)
    }

    @Test("a level shift is an alert within ten values", arguments: [-6.0, 6])
    func levelShift(size: Double) throws {
        let verdicts = self.run(self.noise(1_000) + self.noise(300, seed: 2).map { $0 + size })
        #expect(try #require(self.firstAlert(verdicts, from: 1_000)) < 1_010)
    }

    @Test("a burst of noise is an alert within twenty values")
    func burst() throws {
        let verdicts = self.run(self.noise(1_500) + self.noise(300, seed: 2).map { 20 + ($0 - 20) * 8 })
        #expect(try #require(self.firstAlert(verdicts, from: 1_500)) < 1_520)
    }

    @Test("a stuck sensor is an alert that says so, and one that has always been still is none")
    func stuck() throws {
        let verdicts = self.run(self.noise(1_000).map { ($0 * 100).rounded() / 100 } + Array(repeating: 20, count: 100))
        let first = try #require(verdicts.indices.first { verdicts[$0].isAlert && verdicts[$0].view == .stuck })
        #expect(first >= 1_018 && first < 1_060)
        #expect(verdicts[first].pValue == nil)
        #expect(self.run(Array(repeating: 20, count: 3_000)).allSatisfy { !$0.isAlert })
    }

    @Test("a dent in the daily wave is an alert against the time of the day")
    func dent() throws {
        var values = self.days(8)
        let place = 7 * 288 + 60
        for index in place..<place + 24 { values[index] -= 12 }
        let verdicts = self.run(values)
        let first = try #require(self.firstAlert(verdicts, from: place))
        #expect(first < place + 12)
        #expect(verdicts[first].expected?.basis == .longTerm)
    }

    @Test("noise, a wave, a schedule and a still series hardly raise an alert after their first days")
    func quiet() {
        let noise = self.noise(288 * 14)
        let schedule = noise.enumerated().map { $1 + ($0 % 288 < 100 ? 0 : 60) }
        let shapes = [noise, self.days(14), schedule, Array(repeating: 3, count: 288 * 14)]
        for values in shapes {
            #expect(self.run(values)[(288 * 3)...].count { $0.isAlert } <= 3)
        }
    }

    @Test("a lasting burst is told again every few hundred values, not with every value")
    func reminders() {
        // A day of minutes: the range of days is not learned yet.
        let burst = self.noise(450, seed: 2).map { 20 + ($0 - 20) * 40 }
        let verdicts = self.run(self.noise(1_400) + burst, every: 60)
        #expect((2...6).contains(verdicts[1_400...].count { $0.isAlert }))
        #expect(verdicts[1_420..<1_800].allSatisfy { $0.surprise > 0.2 })
    }

    @Test("every value far outside the range of days holds its score, and the band is that range")
    func range() throws {
        let creep = (0..<3_000).map { 20 + Double($0) / 300 }
        let verdicts = self.run(zip(self.noise(3_000, seed: 2), creep).map { $0 - 20 + $1 }, every: 600)
        let values = self.noise(1_500) + (0..<200).map { _ in 29 }
        let held = self.run(values)
        #expect(held[1_520...].allSatisfy { $0.isAlert && $0.score >= 0.5 })
        let verdict = try #require(held.last)
        #expect(verdict.view == .range && verdict.pValue == nil)
        #expect(try #require(verdict.expected).high < 25)
        #expect(verdicts.count { $0.view == .range } < 100)  // a slow trend is followed
    }

    @Test("a series four times as large has the same scores, bit for bit")
    func scale() {
        let values = self.days(5) + [70] + self.days(1, seed: 3)
        #expect(self.run(values).map(\.score) == self.run(values.map { $0 * 4 }).map(\.score))
    }

    @Test("values that are not finite are passed over with a score of 0")
    func notFinite() {
        var clean = SeriesDetector()
        var other = SeriesDetector()
        for (index, value) in self.days(2).enumerated() {
            let time = Timestamp(seconds: Int64(index) * 60)
            for bad in [Double.nan, .infinity, -.infinity] {
                let verdict = other.observe(bad, at: time)
                #expect(verdict.score == 0)
            }
            let (one, two) = (clean.observe(value, at: time), other.observe(value, at: time))
            #expect(one == two)
        }
        #expect(clean == other)
    }

    @Test("the largest numbers, and times that repeat, go back or leap, give scores from 0 to 1")
    func extremes() {
        var random = SeededGenerator.announced("extremes")
        let odd = [
            0, -0.0, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 1e-300, 1e300, 5, 5,
        ]
        let leaps: [Int64] = [.min, .max, 0, -1, 1, 86_399_999, 86_400_000, -86_400_001]
        var detector = SeriesDetector()
        for _ in 0..<5_000 {
            let value =
                Bool.random(using: &random)
                ? odd.randomElement(using: &random) : Double.random(in: -9...9, using: &random)
            let time =
                Bool.random(using: &random)
                ? leaps.randomElement(using: &random) : Int64.random(in: -1_000_000...1_000_000, using: &random)
            let verdict = detector.observe(value ?? 0, at: Timestamp(milliseconds: time ?? 0))
            #expect(verdict.score >= 0 && verdict.score <= 1 && verdict.surprise >= 0 && verdict.surprise <= 1)
            #expect(verdict.expected?.low.isNaN != true && verdict.expected?.high.isNaN != true)
        }
    }

    @Test(
        "samples every five seconds, every hour and every day are all judged",
        arguments: [5, 3_600, 86_400] as [Int64]
    )
    func rates(step: Int64) {
        let verdicts = self.run(self.noise(1_500) + [70], every: step)
        #expect(verdicts[1_500].isAlert)
        #expect(verdicts[300..<1_500].count { $0.isAlert } <= 4)
    }

    @Test("restored after any value, the detector goes on as if nothing had happened")
    func restored() throws {
        var random = SeededGenerator.announced("restored")
        var whole = SeriesDetector()
        var parts = SeriesDetector()
        for index in 0..<900 {
            let isOdd = index / 150 % 3 == 2
            let value = Double.random(in: -1...1, using: &random) * (isOdd ? 30 : 1) + (index > 700 ? 40 : 0)
            let time = Timestamp(seconds: Int64(index) * 300 + Int64.random(in: -400...400, using: &random))
            let expected = whole.observe(value, at: time)
            let verdict = parts.observe(value, at: time)
            #expect(verdict == expected)
            var writer = StateWriter()
            parts.snapshot(into: &writer)
            #expect(writer.bytes.count <= 34 << 10)
            var reader = StateReader(writer.bytes)
            parts = try SeriesDetector(restoring: &reader)
            #expect(reader.isAtEnd && parts == whole)
        }
    }

    @Test("a damaged state is a fault or another state, never a trap")
    func damaged() throws {
        var random = SeededGenerator.announced("damaged")
        var detector = SeriesDetector()
        for (index, value) in (self.noise(300) + [80]).enumerated() {
            _ = detector.observe(value, at: Timestamp(seconds: Int64(index) * 60))
        }
        var writer = StateWriter()
        detector.snapshot(into: &writer)
        for length in stride(from: 0, to: writer.bytes.count, by: 41) {
            var reader = StateReader(Array(writer.bytes[..<length]))
            #expect(throws: StateReader.Fault.self) { try SeriesDetector(restoring: &reader) }
        }
        for _ in 0..<500 {
            var bytes = writer.bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var reader = StateReader(bytes)
            guard var other = try? SeriesDetector(restoring: &reader) else { continue }
            for index in 0..<30 {
                let score = other.observe(Double(index % 7) * 9, at: Timestamp(seconds: Int64(index) * 60)).score
                #expect(score >= 0 && score <= 1)
            }
        }
    }
}
