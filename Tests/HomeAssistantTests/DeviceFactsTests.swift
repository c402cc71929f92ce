import HomeAssistant
import TelemetryJSON
import Testing

@Suite("what a twin says of its device")
struct DeviceFactsTests {
    private func facts(_ json: String) throws -> DeviceFacts {
        DeviceFacts(reported: try #require(JSONValue(parsing: json.utf8).object))
    }

    @Test("the agent's reported properties name board, version and sensors")
    func agent() throws {
        let facts = try self.facts(
            #"""
            {"agent":{"version":"0.1.0"},"board":{"model":"Raspberry Pi 4 Model B Rev 1.4","system":"Debian"},
             "sensors":{"room":{"place":"sht3x on /dev/i2c-1 at 0x44","state":"failing","reason":"crc","detail":"d"},
                        "duct":{"state":"working"}},
             "settings":{"logLevel":"info"}}
            """#
        )
        #expect(facts.model == "Raspberry Pi 4 Model B Rev 1.4")
        #expect(facts.version == "0.1.0")
        #expect(facts.sensors.map(\.key) == ["room", "duct"])
        #expect(facts.sensors.map(\.state) == ["failing", "working"])
        #expect(facts.sensors.map(\.reason) == ["crc", ""])
        #expect(facts.sensors.map(\.place) == ["sht3x on /dev/i2c-1 at 0x44", ""])
    }

    @Test(
        "whatever has another form is left out",
        arguments: [
            "{}", #"{"agent":1,"board":[],"sensors":"x"}"#,
            #"{"agent":{"version":1},"board":{"model":""},"sensors":{"a":{}}}"#,
            #"{"sensors":{"a":1,"b":{"state":5},"":{"state":"working"}}}"#,
        ]
    )
    func otherForms(json: String) throws {
        #expect(try self.facts(json) == DeviceFacts())
    }

    @Test("texts are cut and sensors counted", arguments: [(128, 64), (129, 65)])
    func limits(characters: Int, sensors: Int) throws {
        let members = (0..<sensors).map { #""s\#($0)":{"state":"working"}"# }.joined(separator: ",")
        let text = String(repeating: "m", count: characters)
        let facts = try self.facts(#"{"board":{"model":"\#(text)"},"sensors":{\#(members)}}"#)
        #expect(facts.model?.count == 128)
        #expect(facts.sensors.count == 64)
    }
}
