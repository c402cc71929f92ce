import StreamEngine
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("alerts as records")
struct AlertRecordTests {
    /// A mote that reads 20.0 and 20.2 by turns, once a minute.
    private func quiet(_ count: Int) -> PipelineHarness {
        var harness = PipelineHarness()
        for minute in 0..<count { self.feed(&harness, minute % 2 == 0 ? "20.0" : "20.2", minute: minute) }
        return harness
    }

    @discardableResult
    private func feed(_ harness: inout PipelineHarness, _ value: String, minute: Int) -> [StreamResult] {
        let stamp = Timestamp(seconds: Int64(minute) * 60)
        return harness.feed("mote19", #"{"ts":"\#(stamp)","temperature":\#(value)}"#, at: Double(minute) * 60)
            .filter { $0.output == .alerts }
    }

    @Test("an opening alert says what, where, since when, how far off and why")
    func open() throws {
        var harness = self.quiet(100)
        let alert = try #require(self.feed(&harness, "122.150", minute: 100).first)
        #expect(alert.key == Array("mote19".utf8))
        #expect(alert.source == StreamSource(partition: 1, offset: 100, ordinal: 1))
        #expect(
            alert.text == #"{"id":"telemetry-1-100-1","device":"mote19","channel":"temperature","detector":"spike","#
                + #""severity":"critical","state":"open","time":"1970-01-01T01:40:00.000Z","value":122.150,"#
                + #""expected":{"low":18.900,"high":21.300},"score":0.9884,"worst":122.15,"#
                + #""window":{"start":"1970-01-01T00:36:00.000Z","end":"1970-01-01T01:39:00.000Z","count":64,"#
                + #""mean":20.1,"min":20.0,"max":20.2},"#
                + #""message":"temperature 122.150 of mote19 is outside 18.9…21.3 expected from the last 64 values","#
                + #""source":{"topic":"telemetry","partition":1,"offset":100}}"#
        )
        #expect(JSONValidator.isValid(alert.value))
    }

    @Test("the records of one alert share its id: open, worse, and clear when it is back")
    func life() throws {
        var harness = self.quiet(100)
        var texts: [String] = []
        for (index, value) in (["25.0", "30.0", "29.0"] + [String](repeating: "20.1", count: 9)).enumerated() {
            texts += self.feed(&harness, value, minute: 100 + index).map(\.text)
        }
        #expect(texts.count == 3)
        #expect(texts.allSatisfy { $0.hasPrefix(#"{"id":"telemetry-1-100-1","#) })
        #expect(texts[0].contains(#""severity":"critical","state":"open""#))
        #expect(texts[1].contains(#""state":"hold""#))
        #expect(
            texts[1].contains(
                #""temperature 30.0 of mote19 is further outside 18.9…21.3, its alert is open since 1970-01-01T01:40:00.000Z""#
            )
        )
        #expect(texts[2].contains(#""state":"clear""#) && texts[2].contains(#""worst":30.0"#))
        #expect(
            texts[2].contains(
                #""temperature 20.1 of mote19 is back inside 18.9…21.3 after 11 values, the worst was 30.00""#
            )
        )
        #expect(harness.pipeline.counts.alerts == 1)
    }

    @Test("a small excess is a warning")
    func warning() throws {
        var harness = self.quiet(100)
        let alert = try #require(self.feed(&harness, "21.5", minute: 100).first)
        #expect(alert.text.contains(#""severity":"warning""#))
    }

    @Test("a level that stays ends its alert as the new normal")
    func newNormal() throws {
        var harness = self.quiet(100)
        var alerts: [StreamResult] = []
        for minute in 100..<340 { alerts += self.feed(&harness, "35.0", minute: minute) }
        #expect(alerts.count == 2)
        #expect(
            alerts.last?.text.contains(
                #""temperature 35.0 of mote19 has stayed outside 18.9…21.3 for 240 values and is the new normal, the worst was 35.00""#
            ) == true
        )
        #expect(alerts.last?.text.contains(#""state":"clear""#) == true)
    }

    @Test("names that need escapes still give valid JSON")
    func escapes() throws {
        var harness = PipelineHarness()
        for minute in 0..<20 { harness.feed("d'1", #"{"a\"\\\u0001é":\#(minute % 2)}"#, at: Double(minute)) }
        let alert = try #require(harness.feed("d'1", #"{"a\"\\\u0001é":1e300}"#, at: 30).first)
        #expect(JSONValidator.isValid(alert.value))
        #expect(alert.text.contains(#""channel":"a\"\\\u0001é""#))
        #expect(alert.text.contains(#""value":1e300"#))
    }
}
