import IngestRules
import Testing

@Suite("payloads that are one number or one text")
struct TextPayloadTests {
    private func outcome(_ text: String, _ format: IngestFormat) throws -> IngestOutcome {
        try decode(
            text,
            by: try SampleRules.rule("t", device: "d", format: format) {
                $0.translate = ["ON": .boolean(true), "3": .string("three")]
            }
        )
    }

    @Test(
        "a payload becomes the value `value`",
        arguments: [
            ("21.50", IngestFormat.number, "21.50"), ("-1e3", .number, "-1e3"), ("+5", .number, "5"),
            (" 5\r\n", .number, "5"),
            ("5\u{0}", .number, "5"), ("ON", .number, "true"), ("ON", .text, "true"), ("3", .text, #""three""#),
            ("21.5", .text, #""21.5""#), ("a\"b", .text, #""a\"b""#), ("21.5", .auto, "21.5"), ("true", .auto, "true"),
            ("false", .auto, "false"), ("ON", .auto, "true"), ("open", .auto, #""open""#),
        ]
    )
    func value(text: String, format: IngestFormat, expected: String) throws {
        let outcome = try self.outcome(text, format)
        #expect(outcome.values == [#"{"ts":"2026-11-21T12:00:00.000Z","value":\#(expected)}"#])
        #expect(outcome.deadLetter == nil)
    }

    @Test("what looks like JSON is read as JSON when the format is auto")
    func json() throws {
        #expect(try self.outcome(" {\"a\":1}", .auto).values == [#"{"ts":"2026-11-21T12:00:00.000Z","a":1}"#])
        #expect(try self.outcome("{a", .auto).deadLetter != nil)
    }

    @Test("no value yet is no record", arguments: ["nan", "NaN", "unavailable", "unknown", "", " "])
    func nothing(text: String) throws {
        #expect(try self.outcome(text, .number) == IngestOutcome())
    }

    @Test("what is no number is a dead letter", arguments: ["21,5", "5 °C", "0x10", "1.", ".5", "--1", "1e", "007"])
    func noNumber(text: String) throws {
        #expect(try self.outcome(text, .number).deadLetter == "the payload “\(text)” is not a number")
    }

    @Test("what is no UTF-8 is a dead letter")
    func noText() throws {
        let rule = try SampleRules.rule("t", device: "d", format: .text)
        #expect(try decode([0x61, 0xFF], by: rule).deadLetter == "the payload is not UTF-8 text")
    }

    @Test("a number is converted too")
    func conversion() throws {
        let rule = try SampleRules.rule("t", device: "d", format: .number) { rule in
            rule.convert = [
                ConversionRule(of: [.init("value")], conversion: try #require(UnitConversion.units["fahrenheit"]))
            ]
        }
        #expect(try decode("212", by: rule).values == [#"{"ts":"2026-11-21T12:00:00.000Z","value":100.0}"#])
    }
}
