import HubProtocol
import TelemetryJSON
import TestSupport
import Testing
import TwinModel

@testable import DeviceHub

@Suite("What configurations write into a twin, contract iothub-rest section 7")
struct ConfigurationPlanTests {
    private static func member(
        _ id: String,
        _ priority: Int,
        _ made: Int64,
        _ content: String
    ) throws
        -> ConfigurationPlan.Member
    {
        let content = try ConfigurationContent(try jsonObject(content), name: "deviceContent")
        return ConfigurationPlan.Member(id: id, priority: priority, createdMilliseconds: made, content: content)
    }

    private static func share(_ id: String, _ tree: String) throws -> ConfigurationPlan.Share {
        ConfigurationPlan.Share(id: id, tree: try jsonObject(tree))
    }

    /// `a {"x":1} | b {}`.
    private static func text(_ shares: [ConfigurationPlan.Share]) -> String {
        shares.map { "\($0.id) \($0.tree)" }.joined(separator: " | ")
    }

    private static func text(_ steps: [ConfigurationPlan.Step]) -> String {
        steps.map { "\($0.id) \($0.patch)" }.joined(separator: " | ")
    }

    @Test("higher priority wins on the same path, later creation wins ties, other paths are joined")
    func precedence() throws {
        let low = try Self.member("low", 1, 9, #"{"properties.desired.a":1,"properties.desired.b":{"x":1}}"#)
        let high = try Self.member("high", 5, 1, #"{"properties.desired.a":2}"#)
        let later = try Self.member("later", 5, 2, #"{"properties.desired.a":3,"properties.desired.c":3}"#)
        #expect(Self.text(ConfigurationPlan.shares(of: [low, high])) == #"high {"a":2} | low {"b":{"x":1}}"#)
        #expect(
            Self.text(ConfigurationPlan.shares(of: [low, high, later]))
                == #"later {"a":3,"c":3} | high {} | low {"b":{"x":1}}"#
        )
    }

    @Test("a path below another's path is the same path", arguments: [("a", "a.b"), ("a.b", "a"), ("a.b", "a.b")])
    func overlap(first: String, second: String) throws {
        let high = try Self.member("high", 2, 1, #"{"properties.desired.\#(first)":{"x":1}}"#)
        let low = try Self.member("low", 1, 1, #"{"properties.desired.\#(second)":{"y":1}}"#)
        #expect(ConfigurationPlan.shares(of: [high, low])[1].tree.isEmpty)
        let beside = try Self.member("beside", 1, 1, #"{"properties.desired.ab":{"y":1}}"#)
        #expect(!ConfigurationPlan.shares(of: [high, beside])[1].tree.isEmpty)
    }

    @Test(
        "the writes bring the twin from what is held to what is wanted",
        arguments: [
            // held, wanted, desired → writes
            ("{}", #"{"a":1}"#, "{}", #"new {"a":1}"#),
            ("{}", #"{"a":1}"#, #"{"a":1}"#, ""),
            ("{}", #"{"a":{"x":1,"y":2}}"#, #"{"a":{"x":1}}"#, #"new {"a":{"y":2}}"#),
            // Taken away; objects that become empty go, what others wrote stays.
            (#"{"a":1}"#, "{}", #"{"a":1,"b":2}"#, #"old {"a":null}"#),
            (#"{"a":{"x":1}}"#, "{}", #"{"a":{"x":1}}"#, #"old {"a":null}"#),
            (#"{"a":{"x":1}}"#, "{}", #"{"a":{"x":1,"mine":1}}"#, #"old {"a":{"x":null}}"#),
            (#"{"a":{"x":{"y":1}}}"#, "{}", #"{"a":{"x":{"y":1}},"b":1}"#, #"old {"a":null}"#),
            // Somebody has given it another value, or deleted it.
            (#"{"a":1}"#, "{}", #"{"a":2}"#, ""),
            (#"{"a":{"x":1}}"#, "{}", #"{"a":5}"#, ""),
            (#"{"a":1}"#, "{}", "{}", ""),
            // Another configuration has the path now.
            (#"{"a":1}"#, #"{"a":1}"#, #"{"a":1}"#, ""),
            (#"{"a":1,"b":1}"#, #"{"a":2}"#, #"{"a":1,"b":1}"#, #"old {"b":null} | new {"a":2}"#),
            (#"{"a":{"x":1}}"#, #"{"a":5}"#, #"{"a":{"x":1}}"#, #"new {"a":5}"#),
            (#"{"a":5}"#, #"{"a":{"x":1}}"#, #"{"a":5}"#, #"new {"a":{"x":1}}"#),
            (#"{"a":{"x":1}}"#, #"{"a":{"y":1}}"#, #"{"a":{"x":1}}"#, #"old {"a":{"x":null}} | new {"a":{"y":1}}"#),
            // Empty objects and arrays are leaves.
            (#"{"a":{}}"#, "{}", #"{"a":{}}"#, #"old {"a":null}"#),
            ("{}", #"{"a":{}}"#, #"{"a":{"x":1}}"#, ""),
            ("{}", #"{"a":[1,2]}"#, #"{"a":[1]}"#, #"new {"a":[1,2]}"#),
        ]
    )
    func steps(held: String, wanted: String, desired: String, expected: String) throws {
        let steps = ConfigurationPlan.steps(
            from: [try Self.share("old", held)],
            to: [try Self.share("new", wanted)],
            desired: try jsonObject(desired)
        )
        #expect(Self.text(steps) == expected)
    }

    @Test(
        "whatever sets of configurations follow each other, a twin has what the last set wants and what it had before"
    )
    func anySequence() throws {
        var random = SeededGenerator.announced()
        let paths = ["a", "b", "a.b", "a.c", "d.e.f", "d.e", "d.g"]
        for _ in 0..<300 {
            let members = try (0..<5).map { number in
                var content = JSONObject()
                for path in paths.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)) {
                    let taken = content.contains { key in
                        let other = String(key.name.dropFirst("properties.desired.".count))
                        return other == path || other.hasPrefix(path + ".") || path.hasPrefix(other + ".")
                    }
                    guard !taken else { continue }
                    let value: JSONValue =
                        Bool.random(using: &random)
                        ? .integer(Int64(number)) : .object(["p\(Int.random(in: 0...1, using: &random))": .integer(7)])
                    content["properties.desired." + path] = value
                }
                return try Self.member("c\(number)", Int.random(in: 0...2, using: &random), 0, content.description)
            }
            let own = try jsonObject(#"{"own":{"x":1}}"#)
            var desired = own
            var held: [ConfigurationPlan.Share] = []
            for round in 0..<6 {
                let matching = round == 5 ? [] : members.filter { _ in Bool.random(using: &random) }
                let wanted = ConfigurationPlan.shares(of: matching)
                for step in ConfigurationPlan.steps(from: held, to: wanted, desired: desired) {
                    #expect(!step.patch.isEmpty)
                    desired = desired.merged(with: step.patch)
                }
                let expected = wanted.reduce(own) { $0.overlaid(with: $1.tree) }
                #expect(desired == expected, "\(held) → \(wanted)")
                #expect(ConfigurationPlan.steps(from: wanted, to: wanted, desired: desired).isEmpty)
                held = wanted
            }
        }
    }
}

extension JSONObject {
    /// RFC 7386.
    fileprivate func merged(with patch: JSONObject) -> JSONObject {
        patch.reduce(into: self) { merged, member in
            switch member.value {
            case .null: merged[member.name] = nil
            case .object(let inner):
                merged[member.name] = .object((merged[member.name]?.object ?? [:]).merged(with: inner))
            case let value: merged[member.name] = value
            }
        }
    }
}
