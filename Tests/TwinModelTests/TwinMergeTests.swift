import TelemetryJSON
import Testing
import TwinModel

@Suite("merging patches, RFC 7386 and contract twins section 4")
struct TwinMergeTests {
    @Test(
        "the examples of RFC 7386, Appendix A, below a property",
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#),
            (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
            (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
            (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
            (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
            (#"{"a":"foo"}"#, #"null"#, nil),
            (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
            // The RFC keeps a null that stands in the target; a twin never has one.
            (#"{"e":null}"#, #"{"a":1}"#, #"{"a":1}"#),
            (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
            (#"{}"#, #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ] as [(String, String, String?)]
    )
    func appendixA(target: String, patch: String, expected: String?) throws {
        let merged = try self.merged(#"{"t":\#(target)}"#, #"{"t":\#(patch)}"#)
        #expect(merged == expected.map { #"{"t":\#($0)}"# } ?? "{}")
    }

    @Test(
        "objects merge, everything else replaces, null deletes",
        arguments: [
            ("{}", #"{"a":{"b":null}}"#, #"{"a":{}}"#),
            (#"{"a":1}"#, #"{"a":{"b":null}}"#, #"{"a":{}}"#),
            (#"{"a":1}"#, #"{"a":{"b":2}}"#, #"{"a":{"b":2}}"#),
            (#"{"a":{"b":2}}"#, #"{"a":3}"#, #"{"a":3}"#),
            (#"{"a":{"b":2}}"#, #"{"a":{"b":null}}"#, #"{"a":{}}"#),
            (#"{"a":{"b":2}}"#, #"{"a":{}}"#, #"{"a":{"b":2}}"#),
            (#"{"a":[1,2]}"#, #"{"a":[null,{"x":null}]}"#, #"{"a":[null,{"x":null}]}"#),
            (#"{"a":1}"#, #"{"b":null,"c":{"d":{"e":null,"f":1}}}"#, #"{"a":1,"c":{"d":{"f":1}}}"#),
            (#"{"a":1,"b":2,"c":3,"d":4}"#, #"{"c":null,"e":5,"a":null,"b":{"x":1}}"#, #"{"b":{"x":1},"d":4,"e":5}"#),
            (#"{"a":1}"#, #"{"a":1.0}"#, #"{"a":1.0}"#),
            (#"{"a":true}"#, #"{}"#, #"{"a":true}"#),
        ]
    )
    func rules(target: String, patch: String, expected: String) throws {
        #expect(try self.merged(target, patch) == expected)
    }

    @Test("tags, desired and reported properties merge alike")
    func sections() throws {
        var twin = Twin(createdAt: Sample.time(0))
        for text in [#"{"a":{"b":1,"c":2},"d":3}"#, #"{"a":{"b":null},"d":null,"e":[1]}"#] {
            _ = try twin.update(
                Sample.patch(#"{"tags":\#(text),"properties":{"desired":\#(text)}}"#),
                at: Sample.time(1)
            )
            _ = try twin.report(Sample.reported(text), at: Sample.time(1))
        }
        let expected = try Sample.object(#"{"a":{"c":2},"e":[1]}"#)
        #expect(twin.tags == expected)
        #expect(twin.desired.values == expected)
        #expect(twin.reported.values == expected)
    }

    @Test(
        "a replacement is the new section without its nulls",
        arguments: [
            (#"{"a":1,"b":{"c":2}}"#, "{}", "{}"),
            (#"{"a":1,"b":{"c":2}}"#, #"{"b":{"d":3,"e":null},"f":null}"#, #"{"b":{"d":3}}"#),
        ]
    )
    func replacement(target: String, content: String, expected: String) throws {
        var twin = try Sample.twin(desired: target)
        _ = try twin.replace(Sample.desired(content), at: Sample.time(1))
        #expect(twin.desired.values.description == expected)
    }

    @Test("deleting thousands of properties takes time that grows as they do, not as their square")
    func manyDeletions() throws {
        let names = (0..<4_000).map { "\"\($0)\"" }
        var twin = try Sample.twin(desired: "{\(names.map { "\($0):{}" }.joined(separator: ","))}")
        _ = try twin.update(
            Sample.desired("{\(names.map { "\($0):null" }.joined(separator: ","))}"),
            at: Sample.time(1)
        )
        #expect(twin.desired.values.isEmpty)
    }

    private func merged(_ target: String, _ patch: String) throws -> String {
        var twin = try Sample.twin(desired: target)
        _ = try twin.update(Sample.desired(patch), at: Sample.time(1))
        return twin.desired.values.description
    }
}
