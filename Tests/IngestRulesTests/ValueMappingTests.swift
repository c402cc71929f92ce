import IngestRules
import NIOCore
import Testing

@Suite("values of a JSON message: names, conversions, constants")
struct ValueMappingTests {
    private static let start = #"{"ts":"2026-11-21T12:00:00.000Z","#

    private func body(_ text: String, _ change: (inout TopicRule) throws -> Void = { _ in }) throws -> String? {
        let outcome = try decode(text, by: try SampleRules.rule("t", device: "d", change))
        #expect(outcome.deadLetter == nil)
        guard let value = outcome.values.first else { return nil }
        #expect(value.hasPrefix(Self.start))
        return "{" + value.dropFirst(Self.start.count)
    }

    @Test(
        "numbers, booleans and texts of any depth are values by their path; nulls are none",
        arguments: [
            (#"{"a":1,"b":{"c":true,"d":{"e":"x"}},"f":null}"#, #"{"a":1,"b.c":true,"b.d.e":"x"}"#),
            (#"{"a":[1,[2,{"b":3}],[]],"c":{}}"#, #"{"a.0":1,"a.1.0":2,"a.1.1.b":3}"#),
            (#"{"a":-0.0,"b":1e400,"c":12345678901234567890}"#, #"{"a":-0.0,"b":1e400,"c":12345678901234567890}"#),
            (#"{"a\"b":"\u00fc\n"}"#, #"{"a\"b":"ü\n"}"#),
            (#"{"a":1,"a":2}"#, #"{"a":1}"#),
            (#"{"a":{"b":1},"a.b":2}"#, #"{"a.b":1}"#),
            (#"{"ts":5,"v":1}"#, #"{"v":1}"#),
            (#"{"":1}"#, #"{"":1}"#),
        ]
    )
    func flattened(text: String, expected: String) throws {
        #expect(try self.body(text) == expected)
    }

    @Test(
        "a message without values gives no record and no dead letter",
        arguments: ["{}", "[]", #"{"a":null}"#, "[{}]"]
    )
    func nothing(text: String) throws {
        #expect(try decode(text, by: try SampleRules.rule("t", device: "d")) == IngestOutcome())
    }

    @Test("a last name is renamed where it stands, a path as a whole, and the path goes before")
    func rename() throws {
        let body = try self.body(#"{"A":{"T":1},"B":{"T":2},"T":3}"#) { rule in
            rule.rename = [.init(.init("B.T"), to: "boiler"), .init(.init("T"), to: "temperature")]
        }
        #expect(body == #"{"A.temperature":1,"boiler":2,"temperature":3}"#)
    }

    @Test("ignored are a last name, a whole path, or all below one")
    func ignore() throws {
        let body = try self.body(#"{"Time":1,"a":{"Time":2,"b":3,"c":4},"u":{"x":5,"y":{"z":6}},"u2":7}"#) { rule in
            rule.ignore = [.init("Time"), .init("a.b"), .init("u.*")]
        }
        #expect(body == #"{"a.c":4,"u2":7}"#)
    }

    @Test("an explicit map takes its paths only, under its names, converted")
    func map() throws {
        let body = try self.body(#"{"a":{"t":68},"b":1,"c":2}"#) { rule in
            rule.values = [
                ValueRule(path: "c", name: "see"),
                ValueRule(path: "a.t", name: "temperature", conversion: UnitConversion.units["fahrenheit"]),
                ValueRule(path: "absent", name: "x"),
            ]
        }
        #expect(body == #"{"temperature":20.0,"see":2}"#)
    }

    @Test("texts stand for constants")
    func translate() throws {
        let body = try self.body(#"{"a":"ON","b":"low","c":"other","d":5}"#) { rule in
            rule.translate = ["ON": ConstantValue("true"), "low": ConstantValue("1"), "5": ConstantValue("x")]
        }
        #expect(body == #"{"a":true,"b":1,"c":"other","d":5}"#)
    }

    @Test(
        "units are converted, and no binary fraction shows",
        arguments: [
            ("fahrenheit", "75.2", "24.0"), ("fahrenheit", "-40", "-40.0"), ("fahrenheit", "70.1", "21.167"),
            ("kelvin", "294.55", "21.4"), ("pascal", "101325", "1013.25"), ("kilopascal", "101.325", "1013.25"),
            ("mmHg", "760", "1013.25"), ("inHg", "29.92", "1013.2075"), ("psi", "14.7", "1013.529"),
            ("kmh", "36", "10.0"),
            ("mph", "10", "4.47"), ("knots", "1.0", "0.514"), ("kelvin", "2.7315e2", "0.0"),
            ("kilopascal", "1e308", nil),
            ("fahrenheit", "123456789012345678", "6.8587105006858696e+16"),
        ]
    )
    func units(unit: String, number: String, expected: String?) throws {
        let body = try self.body(#"{"v":\#(number),"w":1}"#) { rule in
            rule.convert = [ConversionRule(of: [.init("v")], conversion: try #require(UnitConversion.units[unit]))]
        }
        #expect(body == expected.map { #"{"v":\#($0),"w":1}"# } ?? #"{"w":1}"#)
    }

    @Test("factor and offset", arguments: [("10", "25.5"), ("0", "0.5")])
    func factor(number: String, expected: String) throws {
        let body = try self.body(#"{"v":\#(number)}"#) { rule in
            rule.convert = [ConversionRule(of: [.init("v")], conversion: UnitConversion(factor: 2.5, offset: 0.5))]
        }
        #expect(body == #"{"v":\#(expected)}"#)
    }

    @Test("headers carry topic, rule and the rule's own properties with their levels filled in")
    func properties() throws {
        var rule = try SampleRules.rule("{room}/t", device: "d")
        rule.properties = [.init(name: "room", value: try TextTemplate("at {room}", names: ["room"]))]
        let binding = try #require(IngestRules([rule]).resolve(topic: "hall/t".utf8))
        let outcome = binding.decode(.init(string: #"{"v":1}"#), isRetained: false, arrivedAt: arrival)
        #expect(
            outcome.records.first?.properties == [
                IngestProperty(name: "content-type", value: "application/json"),
                IngestProperty(name: "content-encoding", value: "utf-8"),
                IngestProperty(name: "mqtt-topic", value: "hall/t"),
                IngestProperty(name: "ingest-rule", value: "sample"),
                IngestProperty(name: "room", value: "at hall"),
            ]
        )
    }

    @Test("a retained message is taken or ignored as the rule says", arguments: [true, false])
    func retained(takes: Bool) throws {
        let rule = try SampleRules.rule("t", device: "d") { $0.takesRetained = takes }
        let binding = try #require(IngestRules([rule]).resolve(topic: "t".utf8))
        let outcome = binding.decode(.init(string: #"{"v":1}"#), isRetained: true, arrivedAt: arrival)
        #expect(outcome.records.count == (takes ? 1 : 0))
    }
}
