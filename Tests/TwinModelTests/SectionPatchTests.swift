import TelemetryJSON
import Testing
import TwinModel

@Suite("rules for content, contract twins section 5")
struct SectionPatchTests {
    private static func nested(_ depth: Int, _ leaf: String) -> String {
        String(repeating: #"{"a":"#, count: depth) + leaf + String(repeating: "}", count: depth)
    }

    private static func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    private struct Case {
        var text: String
        var fault: TwinError.Code?
        var place: String?

        init(_ text: String, _ fault: TwinError.Code? = nil, at place: String? = nil) {
            self.text = text
            self.fault = fault
            self.place = place
        }
    }

    private static func named(_ name: String) -> String { "{\"\(name)\":1}" }

    private static func valued(_ text: String) -> String { "{\"a\":[\"\(text)\"]}" }

    private static let kinds: [Case] = [
        Case("{}"), Case("1", .notAnObject, at: ""), Case("null", .notAnObject, at: ""),
        Case("[]", .notAnObject, at: ""), Case(#""x""#, .notAnObject, at: ""),
        Case(#"{"a":null,"b":[null],"c":true,"d":1.5,"e":"x","f":[[1],{"g":null}]}"#),
    ]

    private static let names: [Case] = [
        Case(named(""), .keyEmpty, at: "."), Case(named(text(1_024))),
        Case(named(text(1_025)), .keyTooLong(byteCount: 1_025), at: "." + text(1_025)),
        Case(named(String(repeating: "é", count: 512))),
        Case(named(String(repeating: "é", count: 512) + "x"), .keyTooLong(byteCount: 1_025)),
        Case(named("a b"), .keyCharacter(" "), at: ".a b"), Case(named("a.b"), .keyCharacter("."), at: ".a.b"),
        Case(#"{"a":{"$b":1}}"#, .keyCharacter("$"), at: ".a.$b"),
        Case(#"{"a$":null}"#, .keyCharacter("$"), at: ".a$"),
        Case(#"{"a":{"$version":1}}"#, .keyCharacter("$"), at: ".a.$version"),
        Case(#"{"a":{"$metadata":{}}}"#, .keyCharacter("$"), at: ".a.$metadata"),
        Case(#"{"a":[{"b.c":1}]}"#, .keyCharacter("."), at: ".a.[0].b.c"),
        Case(named(#"\u0000"#), .keyCharacter("\u{0}"), at: ".\u{0}"),
        Case(named(#"\u001f"#), .keyCharacter("\u{1F}")), Case(named(#"\u007e"#)),
        Case(named(#"\u007f"#), .keyCharacter("\u{7F}")), Case(named(#"\u009f"#), .keyCharacter("\u{9F}")),
        Case(named(#"\u00a0"#)), Case(named(##"-+,!\"#%&'()*/:;<=>?@[]^_`{|}~ü°😀"##)),
    ]

    private static let numbers: [Case] = [
        Case(#"{"a":4503599627370495,"b":-4503599627370496}"#),
        Case(#"{"a":{"b":4503599627370496}}"#, .integerOutOfRange(4_503_599_627_370_496), at: ".a.b"),
        Case(#"{"a":[-4503599627370497]}"#, .integerOutOfRange(-4_503_599_627_370_497), at: ".a.[0]"),
        Case(#"{"a":4503599627370496.0,"b":1e300,"c":-1e-300}"#),
    ]

    private static let strings: [Case] = [
        Case(valued(text(4_096))), Case(valued(text(4_097)), .stringTooLong(byteCount: 4_097), at: ".a.[0]"),
        Case(valued(String(repeating: "é", count: 2_048))),
        Case(valued(String(repeating: "é", count: 2_048) + "x"), .stringTooLong(byteCount: 4_097), at: ".a.[0]"),
    ]

    /// Ten objects below the section, the tenth with scalars or arrays; arrays in one another are the gateway's own limit.
    private static let depths: [Case] = [
        Case(nested(11, "1")), Case(nested(11, "[[1]]")), Case(nested(12, "1"), .nestedTooDeep),
        Case(nested(11, "{}"), .nestedTooDeep), Case(nested(11, "[{}]"), .nestedTooDeep),
        Case(nested(1, String(repeating: "[", count: 48) + String(repeating: "]", count: 48))),
        Case(nested(1, String(repeating: "[", count: 49) + String(repeating: "]", count: 49)), .nestedTooDeep),
    ]

    @Test("what a section may hold, both sides of every limit", arguments: kinds + names + numbers + strings + depths)
    private func content(given: Case) throws {
        let value = try JSONValue(parsing: given.text)
        for (section, name) in [
            (TwinSectionName.tags, "tags"), (.desired, "properties.desired"), (.reported, "properties.reported"),
        ] {
            do throws(TwinError) {
                _ = try SectionPatch(value, for: section)
                #expect(given.fault == nil)
            } catch {
                #expect(error.code == given.fault)
                #expect(error.status == 400)
                #expect(error.path.first == name)
                if let place = given.place { #expect(error.path.joined(separator: ".") == name + place) }
            }
        }
    }

    @Test("$metadata and $version are ignored where a program may have read them, and are bad names in tags")
    func metadata() throws {
        let value = try JSONValue(parsing: #"{"$version":"x","a":1,"$metadata":[{"$":{}}]}"#)
        #expect(try SectionPatch(value, for: .desired).members.description == #"{"a":1}"#)
        #expect(try SectionPatch(value, for: .reported).members.description == #"{"a":1}"#)
        #expect(throws: TwinError(.keyCharacter("$"), at: ["tags", "$version"])) {
            try SectionPatch(value, for: .tags)
        }
    }

    @Test(
        "a service's body gives tags and desired properties; all else in it is ignored",
        arguments: [
            ("{}", nil, nil), (#"{"deviceId":"x","properties":{"reported":{"$":1}},"etag":5}"#, nil, nil),
            (#"{"tags":{}}"#, "{}", nil), (#"{"properties":{"desired":{"a":null}}}"#, nil, #"{"a":null}"#),
            (#"{"tags":{"t":1},"properties":{"desired":{"$version":3,"d":2}}}"#, #"{"t":1}"#, #"{"d":2}"#),
        ] as [(String, String?, String?)]
    )
    func body(text: String, tags: String?, desired: String?) throws {
        let patch = try TwinPatch(parsing: text.utf8)
        #expect(patch.tags?.members.description == tags)
        #expect(patch.desired?.members.description == desired)
    }

    @Test(
        "a body that is no JSON, or has no objects where they belong, is refused with its place",
        arguments: [
            ("", "the JSON text ends too early at byte 0"), ("[]", "not a JSON object, which it has to be"),
            (#"{"tags":null}"#, "tags: not a JSON object, which it has to be"),
            (#"{"properties":1}"#, "properties: not a JSON object, which it has to be"),
            (#"{"properties":{"desired":[]}}"#, "properties.desired: not a JSON object, which it has to be"),
            (#"{"tags":{"a":9223372036854775808}}"#, "a number that is too large at byte 13"),
            (#"{"tags":{"a":1e999}}"#, "a number that is too large at byte 13"),
            (
                #"{"tags":{"a":{"b.c":1}}}"#,
                "tags.a.b.c: the character U+002E in a name; '.', '$', space and control characters are not allowed"
            ),
        ]
    )
    func badBody(text: String, sentence: String) {
        do throws(TwinError) {
            _ = try TwinPatch(parsing: text.utf8)
            Issue.record("accepted \(text)")
        } catch {
            #expect(error.description == sentence)
            #expect(error.status == 400)
        }
    }

    @Test("a long name is clipped in the sentence")
    func clipped() {
        let error = TwinError(.keyEmpty, at: ["tags", SectionPatchTests.text(65), ""])
        #expect(error.description.hasPrefix("tags.\(SectionPatchTests.text(32))….: an empty name"))
    }

    @Test(
        "the size counts names and strings in UTF-8 without control characters, numbers 8, booleans 4, null 0",
        arguments: [
            ("{}", 0), (#"{"ab":1}"#, 10), (#"{"ab":1.5}"#, 10), (#"{"ab":true}"#, 6), (#"{"ab":[null]}"#, 2),
            (#"{"é":"°C"}"#, 5), (#"{"a":{"b":"cd"},"e":[1,"f",{"g":false}]}"#, 19), (#"{"a":{}}"#, 1),
            (#"{"a":"\u0000\u001f \u007f\u0080\u009f\u00a0"}"#, 4), (#"{"a":"\u00c2\u00c0"}"#, 5),
        ]
    )
    func size(text: String, expected: Int) throws {
        #expect(TwinSize(of: try Sample.object(text)).counted == expected)
    }
}
