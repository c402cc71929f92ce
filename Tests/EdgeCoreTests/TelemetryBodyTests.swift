import EdgeCore
import SensorKit
import Testing

@Suite("two decimals, half away from zero, sensors contract rule 11")
struct HundredthsTextTests {
    @Test(
        "values as they are published",
        arguments: [
            (21.42, "21.42"), (48.1, "48.10"), (0, "0.00"), (-0.004, "0.00"), (-0.005, "-0.01"), (0.005, "0.01"),
            (0.125, "0.13"), (-0.125, "-0.13"), (-5.177_386, "-5.18"), (100, "100.00"), (-40, "-40.00"),
            (0.994_999, "0.99"), (0.995_001, "1.00"), (1_006.532_7, "1006.53"), (1e12, "1000000000000.00"),
            // 1.005 is 1.00499999999999989… and 1.115 is 1.11499999999999999… in binary: full precision decides.
            (1.005, "1.00"), (1.115, "1.11"), (2.675, "2.67"), (1.015_625, "1.02"),
        ] as [(Double, String)]
    )
    func rounding(value: Double, expected: String) {
        #expect(HundredthsText.text(of: value) == expected)
    }

    @Test("what is no number has no text", arguments: [Double.nan, .infinity, -.infinity, 1e13, -1e13])
    func noNumber(value: Double) {
        #expect(HundredthsText.text(of: value) == nil)
    }

    @Test("the text is never further than half a hundredth from the value")
    func nearness() throws {
        let seed: UInt64 = 100
        var random = SplitMix64(seed: seed)
        for _ in 0..<50_000 {
            let value = Double.random(in: -2_000...2_000, using: &random)
            let text = try #require(HundredthsText.text(of: value))
            let back = try #require(Double(text))
            #expect(abs(back - value) <= 0.005 + 1e-12, "seed \(seed): \(value) as \(text)")
        }
    }
}

@Suite("the body of a reading, DESIGN section 5")
struct TelemetryBodyTests {
    private func text(_ channels: [TelemetryBody.Channel]) -> String? {
        TelemetryBody.encode(channels).map { String(decoding: $0, as: UTF8.self) }
    }

    private func channel(
        _ name: String,
        _ quantity: Quantity,
        _ outcome: ChannelReading.Outcome
    ) -> TelemetryBody.Channel {
        TelemetryBody.Channel(name: name, reading: ChannelReading(quantity, outcome))
    }

    @Test("the members of one flat object, every channel")
    func flat() {
        let body = self.text([
            self.channel("temperature", .temperature, .good(21.4249)), self.channel("humidity", .humidity, .good(48.1)),
        ])
        #expect(body == #","temperature":21.42,"humidity":48.10}"#)
    }

    @Test("a bad channel is left out, and with no channel there is no reading")
    func bad() {
        let bad = self.channel("temperature", .temperature, .bad(.crc))
        #expect(self.text([bad]) == nil)
        #expect(self.text([]) == nil)
        let body = self.text([bad, self.channel("humidity", .humidity, .good(50))])
        #expect(body == #","humidity":50.00}"#)
    }

    @Test("suspect channels are published and named, with their reasons in the same order")
    func suspect() {
        let body = self.text([
            self.channel("t", .temperature, .suspect(20, .stuck)), self.channel("h", .humidity, .suspect(40, .crc)),
            self.channel("p", .pressure, .good(1_000)),
        ])
        #expect(body == #","t":20.00,"h":40.00,"p":1000.00,"suspect":"t h","suspectReason":"stuck crc"}"#)
    }

    @Test("the summary is one line of JSON")
    func summary() {
        var summary = AgentSummary()
        (summary.sent, summary.acknowledged, summary.dropped, summary.readErrors) = (4, 3, 2, 1)
        summary.spooled = 5
        #expect(
            String(decoding: summary.json, as: UTF8.self)
                == #"{"sent":4,"acknowledged":3,"dropped":2,"readErrors":1,"spooled":5}"#
        )
    }
}
