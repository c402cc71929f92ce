import AnomalyDetection
import TelemetryModel
import Testing

@Suite("the life of an alert: open, hold, clear")
struct AlertLatchTests {
    /// One character a value: `i` inside, `o` outside at 1.2 half widths, a digit outside at so many.
    private func run(_ input: String, _ settings: SpikeSettings) -> String {
        var latch = AlertLatch()
        let band = ExpectedBand(low: -1, high: 1, basis: .recent)
        let origin = AlertOrigin(partition: 0, offset: 0, ordinal: 0)
        return String(
            input.map { character -> Character in
                let value = character == "i" ? 0.5 : character == "o" ? 1.2 : Double(String(character)) ?? 0
                let time = Timestamp(seconds: 0)
                switch latch.observe(value, at: time, band: band, origin: origin, settings: settings) {
                case .learn: return "."
                case .open: return "O"
                case .hold: return "h"
                case .worsen: return "w"
                case .clear(.returned): return "C"
                case .clear(.newNormal): return "N"
                }
            }
        )
    }

    @Test(
        "what each value does, in strings of one character a value",
        arguments: [
            ("iii", "...", 100), ("ioi", ".O.", 100), ("oiiio", "O..CO", 100), ("oiioiiio", "O..h..CO", 100),
            ("ooooo", "OhhhN", 5), ("ooooi", "Ohhh.", 5), ("oioioioi", "O.h.h.h.", 5), ("oioioioio", "O.h.h.h.N", 5),
            ("2345678", "Owhwhhw", 100), ("2223322", "Ohhwhhh", 100), ("2i3", "O.w", 100),
        ]
    )
    func strings(input: String, expected: String, relearnCount: Int) {
        var settings = SpikeSettings()
        settings.clearCount = 3
        settings.relearnCount = relearnCount
        settings.worseFactor = 1.5
        #expect(self.run(input, settings) == expected)
    }

    @Test("values exactly on the band's edges are inside")
    func edges() {
        let band = ExpectedBand(low: -1, high: 1, basis: .recent)
        #expect(band.contains(-1) && band.contains(1))
        #expect(!band.contains(1.000_000_1) && !band.contains(-1.000_000_1))
    }

    @Test("a band without width expects one value only, and one as wide as Double does not overflow")
    func degenerateBands() {
        let point = ExpectedBand(low: 5, high: 5, basis: .recent)
        #expect(point.score(of: 5) == 0)
        #expect(point.score(of: 5.1) > 0.99)
        let all = ExpectedBand(low: -.greatestFiniteMagnitude, high: .greatestFiniteMagnitude, basis: .recent)
        #expect(all.score(of: .greatestFiniteMagnitude) <= 0.5)
        #expect(point.deviation(of: .greatestFiniteMagnitude) == 1_000_000)
    }
}
