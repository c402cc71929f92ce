import IngestRules
import NIOCore
import TelemetryModel
import Testing

@Suite("topic filters with named levels")
struct TopicPatternTests {
    private func device(_ pattern: String, _ template: String, _ topic: String) throws -> String? {
        let rules = IngestRules([try SampleRules.rule(pattern, device: template)])
        guard let binding = rules.resolve(topic: topic.utf8) else { return nil }
        let outcome = binding.decode(
            .init(string: #"{"v":1}"#),
            isRetained: false,
            arrivedAt: Timestamp(milliseconds: 0)
        )
        return outcome.records.first?.device.description ?? outcome.deadLetter
    }

    @Test(
        "a filter takes the topics it names and no other",
        arguments: [
            ("tele/{d}/SENSOR", "{d}", "tele/a/SENSOR", "a"),
            ("tele/{d}/SENSOR", "{d}", "tele/a/STATE", nil),
            ("tele/{d}/SENSOR", "{d}", "tele/a/b/SENSOR", nil),
            ("tele/{d}/SENSOR", "{d}", "tele/a/SENSOR/", nil),
            ("tele/{d}/SENSOR", "{d}", "tele/a", nil),
            ("tele/{d}/SENSOR", "{d}", "Tele/a/SENSOR", nil),
            ("z/{d...}", "{d}", "z/a", "a"),
            ("z/{d...}", "{d}", "z/a/b/c", "a:b:c"),
            ("z/{d...}", "{d}", "z", nil),
            ("z/{d...}/availability", "{d}", "z/a/b/availability", "a:b"),
            ("z/{d...}/availability", "{d}", "z/availability", nil),
            ("z/{d...}/availability", "{d}", "z/availability/availability", "availability"),
            ("{a}/{b}/{c...}", "{c}-{a}", "x/y/z/w", "z:w-x"),
            ("+/{d}/#", "{d}", "x/y", "y"),
            ("+/{d}/#", "{d}", "x/y/z/w", "y"),
            ("+/{d}/#", "{d}", "x", nil),
            ("{d}/t", "{d}", "$SYS/t", nil),
            ("$own/{d}", "{d}", "$own/t", "t"),
            ("t/{d}", "pre-{d}-post", "t/x", "pre-x-post"),
            ("t/{d}", "fixed", "t/x", "fixed"),
            ("t/{d}", "{d}", "t/", "the device id is empty"),
        ]
    )
    func matches(pattern: String, template: String, topic: String, expected: String?) throws {
        #expect(try self.device(pattern, template, topic) == expected)
    }

    @Test(
        "what is no filter is refused with what was expected",
        arguments: [
            "", "a/#/b", "a#", "a/+b", "{}", "{a b}", "{a}/{a}", "{a...}/{b...}", "{a...}/#", "a/{b", "devices/{d}/x",
            "$iothub/x", "$dps/x",
        ]
    )
    func faults(pattern: String) {
        #expect(throws: TopicPattern.Fault.self) { try TopicPattern(pattern) }
    }

    @Test("a filter has at most 64 levels, and so has a topic")
    func levels() throws {
        let levels = [String](repeating: "a", count: 64)
        #expect(throws: Never.self) { try TopicPattern(levels.joined(separator: "/")) }
        #expect(throws: TopicPattern.Fault.self) { try TopicPattern((levels + ["a"]).joined(separator: "/")) }
        let rules = IngestRules([try SampleRules.rule("a/{device}/#")])
        #expect(rules.resolve(topic: levels.joined(separator: "/").utf8) != nil)
        #expect(rules.resolve(topic: (levels + ["a"]).joined(separator: "/").utf8) == nil)
    }

    @Test("a topic of a rule has at most 1024 bytes", arguments: [1_024, 1_025])
    func length(bytes: Int) throws {
        let rules = IngestRules([try SampleRules.rule("a/{device}/{name}")])
        let topic = "a/b/" + String(repeating: "n", count: bytes - 4)
        #expect((rules.resolve(topic: topic.utf8) != nil) == (bytes == 1_024))
    }

    @Test("the first rule that matches counts, and `except` leaves a topic to the next")
    func order() throws {
        let first = try SampleRules.rule("a/{device}/#") { rule in
            rule.name = "first"
            rule.except = [try TopicPattern("a/+/cmd")]
        }
        let second = try SampleRules.rule("{device}/{x...}") { $0.name = "second" }
        let rules = IngestRules([first, second])
        #expect(rules.resolve(topic: "a/b".utf8)?.rule.name == "first")
        #expect(rules.resolve(topic: "a/b/cmd".utf8)?.rule.name == "second")
        #expect(rules.resolve(topic: "a/b/cmd/x".utf8)?.rule.name == "first")
        #expect(rules.resolve(topic: "b".utf8) == nil)
    }

    @Test("the hub's topics have no rule", arguments: ["devices/d/messages/events/", "$iothub/twin/GET/", "$dps/x"])
    func hubTopics(topic: String) throws {
        #expect(IngestRules([try SampleRules.rule("{device...}")]).resolve(topic: topic.utf8) == nil)
    }
}
