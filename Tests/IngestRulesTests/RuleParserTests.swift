import IngestRules
import Testing

@Suite("rule files: every key, every fault")
struct RuleParserTests {
    private static func map(_ entries: (String, RuleNode)...) -> RuleNode {
        .map(entries.enumerated().map { .init(key: $1.0, line: $0 + 2, value: $1.1) }, line: 2)
    }

    private static func text(_ text: String) -> RuleNode { .scalar(text, line: 9) }

    private func parse(_ entries: (String, RuleNode)...) -> Result<[TopicRule], RuleFaults> {
        let rule = RuleNode.map(
            ([("name", Self.text("r")), ("topic", Self.text("x/{device}"))] + entries).map {
                .init(key: $0.0, line: 5, value: $0.1)
            },
            line: 5
        )
        return Result { () throws(RuleFaults) in try RuleParser.rules(Self.map(("rules", .list([rule], line: 3)))) }
    }

    private func faults(_ entries: (String, RuleNode)...) -> [RuleFault] {
        let rule = RuleNode.map(
            ([("name", Self.text("r")), ("topic", Self.text("x/{device}"))] + entries).map {
                .init(key: $0.0, line: 5, value: $0.1)
            },
            line: 5
        )
        do throws(RuleFaults) {
            _ = try RuleParser.rules(Self.map(("rules", .list([rule], line: 3))))
            return []
        } catch {
            return error.faults
        }
    }

    @Test("a rule with name and topic has the defaults")
    func defaults() throws {
        let rule = try #require(try self.parse().get().first)
        #expect(rule.device.text == "{device}")
        #expect(rule.format == .json)
        #expect(rule.time == nil && rule.values == nil)
        #expect(rule.isBrokered && rule.takesRetained)
    }

    @Test("every key is read")
    func keys() throws {
        let parsed = self.parse(
            ("except", .list([Self.text("x/bridge")], line: 9)),
            ("device", Self.text("a-{device}")),
            ("format", Self.text("auto")),
            ("valueName", Self.text("{device}")),
            (
                "time",
                Self.map(("path", Self.text("t")), ("format", Self.text("local")), ("offset", Self.text("-03:30")))
            ),
            (
                "values",
                .list(
                    [
                        Self.map(
                            ("path", Self.text("p")),
                            ("name", Self.text("n")),
                            ("factor", Self.text("2")),
                            ("offset", Self.text("1"))
                        )
                    ],
                    line: 9
                )
            ),
            ("rename", Self.map(("a", Self.text("b")), ("c.d", Self.text("e")))),
            ("ignore", .list([Self.text("i")], line: 9)),
            (
                "convert",
                .list(
                    [
                        Self.map(
                            ("of", Self.text("T")),
                            ("unit", Self.text("kelvin")),
                            ("when", Self.map(("path", Self.text("u")), ("is", Self.text("K"))))
                        )
                    ],
                    line: 9
                )
            ),
            ("translate", Self.map(("ON", Self.text("true")))),
            ("properties", Self.map(("p", Self.text("{device}")))),
            ("broker", Self.text("false")),
            ("retained", Self.text("ignore"))
        )
        let rule = try #require(try parsed.get().first)
        #expect(rule.except.map(\.text) == ["x/bridge"])
        #expect(rule.device.text == "a-{device}")
        #expect(rule.format == .auto)
        #expect(rule.time == TimeRule(path: "t", format: .local, offsetMinutes: -210))
        #expect(rule.values == [ValueRule(path: "p", name: "n", conversion: UnitConversion(factor: 2, offset: 1))])
        #expect(rule.rename == [.init(.init("c.d"), to: "e"), .init(.init("a"), to: "b")])
        #expect(rule.ignore == [ValueSelector("i")])
        #expect(rule.convert.first?.condition == .init(path: "u", text: "K"))
        #expect(rule.translate == ["ON": .boolean(true)])
        #expect(rule.properties.map(\.name) == ["p"])
        #expect(!rule.isBrokered && !rule.takesRetained)
    }

    @Test("a rule that is off is checked and not there")
    func off() throws {
        #expect(try self.parse(("enabled", Self.text("false"))).get().isEmpty)
        #expect(self.faults(("enabled", Self.text("false")), ("format", Self.text("x"))).count == 1)
    }

    @Test(
        "a fault names the rule's key and what was expected",
        arguments: [
            ("enabled", Self.text("yes"), "r.enabled", "true or false"),
            ("retained", Self.text("drop"), "r.retained", "one of take, ignore"),
            ("time", Self.text("t"), "r.time", "keys below: path, format, offset"),
            ("time", Self.map(("format", Self.text("auto"))), "r.time.path", "a text; the key is missing"),
            (
                "time",
                Self.map(("path", Self.text("t")), ("format", Self.text("local")), ("offset", Self.text("+15:00"))),
                "r.time.offset", "a distance from UTC such as \"+01:00\", quoted, up to 14 hours"
            ),
            (
                "time", Self.map(("path", Self.text("t")), ("offset", Self.text("+01:00"))), "r.time.offset",
                "nothing: only format local has an offset"
            ),
            (
                "rename", Self.map(("a", Self.text("ts"))), "r.rename.a",
                "a name of 1 to 256 bytes other than ts, which is the record's time"
            ),
            ("node", Self.text("{node}"), "r.node", "nothing: only format sparkplugB has edge nodes"),
            ("valueName", Self.text("v"), "r.valueName", "nothing: JSON names its values itself"),
            ("device", Self.map(("device", Self.text(""))), "r.device", "one text, in quotes when it begins with {"),
            ("device", Self.text(""), "r.device", "a device id such as \"{device}\""),
            ("device", Self.text("{device"), "r.device", "a } for every {"),
            (
                "convert", .list([Self.map(("of", Self.text("T")))], line: 9), "r.convert",
                "a unit, or a factor and an offset"
            ),
            (
                "convert", .list([Self.map(("unit", Self.text("kelvin")))], line: 9), "r.convert.of",
                "the names of the values to convert"
            ),
        ]
    )
    func faulty(key: String, value: RuleNode, expectedKey: String, expected: String) {
        let faults = self.faults((key, value))
        #expect(faults.map(\.key) == [expectedKey])
        #expect(faults.first?.expected == expected)
    }

    @Test(
        "a property may not have a name of the gateway's",
        arguments: ["iothub-x", "$.ct", "mqtt-topic", "content-type", ""]
    )
    func properties(name: String) {
        #expect(self.faults(("properties", Self.map((name, Self.text("v"))))).map(\.key) == ["r.properties"])
    }

    @Test("two rules have two names, and there are at most 256")
    func rules() {
        let rule = { (name: String) in Self.map(("name", Self.text(name)), ("topic", Self.text("{device}"))) }
        let count = { (names: [String]) -> Int in
            do throws(RuleFaults) {
                return try RuleParser.rules(Self.map(("rules", .list(names.map(rule), line: 3)))).count
            } catch {
                return -error.faults.count
            }
        }
        #expect(count(["a", "b"]) == 2)
        #expect(count(["a", "a"]) == -1)
        #expect(count((0..<256).map(String.init)) == 256)
        #expect(count((0..<257).map(String.init)) == -1)
    }
}
