import FleetQuery
import TelemetryJSON
import Testing

@Suite("what a condition gives on a twin, twins.md section 8")
struct QueryEvaluationTests {
    @Test(
        "a condition is true, false or undefined",
        arguments: [
            // Paths, and what does not exist.
            ("tags.site = 'z'", true), ("tags.site = 'Z'", false), ("tags.Site = 'z'", nil), ("tags.none = 1", nil),
            ("tags.none != 1", nil), ("NOT tags.none = 1", nil), ("NOT tags.site = 'a'", true),
            ("is_defined(tags.none)", false),
            ("NOT is_defined(tags.none)", true), ("tags.floor.name = 'north'", true),
            ("tags.[[floor]].[[2nd room]] = 'x'", true),
            ("tags.list[0] = 1", true), ("tags.list[1].a = 'b'", true), ("tags.list[2] = 1", nil),
            ("tags.list.a = 1", nil),
            ("tags.site[0] = 1", nil), ("capabilities.iotEdge = false", true),
            ("properties.reported.$version = 3", true),
            ("configurations.[[cfg-1]].status = 'Applied'", true),
            ("properties.desired.$metadata.x.$lastUpdatedVersion = 2", true),
            ("devices.tags.site = 'z'", true), ("tags.none = tags.none", nil), ("undefined = undefined", nil),
            // Types.
            ("properties.reported.temp = 20", true), ("properties.reported.temp = 20.0", true),
            ("properties.reported.temp = '20'", false),
            ("properties.reported.temp != '20'", true), ("properties.reported.temp < '30'", nil),
            ("NOT properties.reported.temp < '30'", nil),
            ("properties.reported.on = 1", false), ("properties.reported.on", true), ("properties.reported.off", false),
            ("NOT properties.reported.off", true), ("properties.reported.temp", nil), ("statusReason = null", true),
            ("statusReason != null", false), ("tags.site = null", false), ("tags.none = null", nil),
            ("statusReason < 1", nil),
            ("null <= null", true), ("false < true", true), ("tags.floor = tags.floor", nil),
            ("tags.floor != tags.floor", nil),
            ("tags.list = [1]", nil), ("tags.empty = 1", nil), ("1 != tags.list", nil), ("tags.site > 'a'", true),
            // Numbers.
            ("properties.reported.half > 20", true), ("properties.reported.half >= 20.5", true),
            ("properties.reported.half <= 0x14", false),
            ("properties.reported.big = 9007199254740993", true),
            ("properties.reported.big = 9007199254740992.0", false),
            ("properties.reported.big > 9007199254740992.0", true), ("properties.reported.temp + 1 = 21", true),
            ("properties.reported.temp % 7 = 6", true), ("-properties.reported.temp < -19", true),
            ("properties.reported.temp / 8 = 2.5", true),
            ("properties.reported.temp / 0 = 1", nil), ("properties.reported.temp % 0 = 1", nil),
            ("tags.site + 1 = 1", nil),
            ("9223372036854775807 + 1 = 9223372036854775808", true),
            ("-9223372036854775808 / -1 = 9223372036854775808", true),
            ("-9223372036854775808 % -1 = 0", true), ("9223372036854775807 < 9223372036854775808", true),
            ("1e308 * 10 > 1", nil),
            ("7 / 7 = 1", true), ("-(-9223372036854775808) = 9223372036854775808", true), ("3 * 4 - 2 = 10", true),
            ("-7 % 3 = -1", true),
            ("5.5 % 2 = 1.5", true), ("-9223372036854775808 > -1e19", true),
            // Lists.
            ("properties.reported.link IN ['lte', 'lora']", true),
            ("properties.reported.link NIN ['lte', 'lora']", false),
            ("properties.reported.link IN ['x']", false), ("properties.reported.link NIN ['x']", true),
            ("tags.none IN ['x']", nil),
            ("tags.none NIN ['x']", nil), ("tags.none IN [undefined]", nil), ("tags.site IN []", false),
            ("tags.site NIN []", true),
            ("tags.none NIN []", nil), ("tags.site IN [undefined, 'z']", true), ("tags.site IN [undefined]", nil),
            ("tags.site IN [1, [2]]", nil),
            ("tags.floor IN [1]", nil), ("properties.reported.temp IN [20.0]", true),
            ("properties.reported.half IN [20.5]", true),
            ("statusReason IN [null]", true), ("properties.reported.on IN [true]", true),
            ("properties.reported.off IN [true]", false),
            // AND, OR and NOT of what is no truth.
            ("1 AND true", nil), ("'x' OR true", true), ("NOT 1", nil), ("NOT null", nil), ("null", nil),
            ("undefined", nil),
        ] as [(String, Bool?)]
    )
    func conditions(text: String, expected: Bool?) throws {
        let value = try Twins.value(of: text)
        switch expected {
        case let truth?: #expect(value == .bool(truth))
        case nil: #expect(value == nil || value.map(QueryEvaluationTests.isNoTruth) == true)
        }
    }

    private static func isNoTruth(_ value: JSONValue) -> Bool {
        if case .bool = value { false } else { true }
    }

    private static let truths: [(String, Bool?)] = [("true", true), ("false", false), ("undefined", nil)]

    @Test("AND: false wins, then undefined", arguments: truths, truths)
    func and(left: (String, Bool?), right: (String, Bool?)) throws {
        let expected: Bool? =
            left.1 == false || right.1 == false ? false : left.1 == nil || right.1 == nil ? nil : true
        #expect(try Twins.value(of: "\(left.0) AND \(right.0)") == expected.map { .bool($0) })
    }

    @Test("OR: true wins, then undefined", arguments: truths, truths)
    func or(left: (String, Bool?), right: (String, Bool?)) throws {
        let expected: Bool? = left.1 == true || right.1 == true ? true : left.1 == nil || right.1 == nil ? nil : false
        #expect(try Twins.value(of: "\(left.0) OR \(right.0)") == expected.map { .bool($0) })
    }

    @Test("NOT: undefined stays undefined", arguments: truths)
    func not(part: (String, Bool?)) throws {
        #expect(try Twins.value(of: "NOT \(part.0)") == part.1.map { .bool(!$0) })
    }

    @Test(
        "texts compare by UTF-16 code units",
        arguments: [
            ("a", "b", -1), ("a", "ab", -1), ("", "a", -1), ("Z", "a", -1), ("ü", "z", 1), ("é", "e\u{301}", 1),
            ("x", "x", 0),
            // U+1F600 is D83D DE00 there, below U+FFFD, though its character and its UTF-8 are above.
            ("😀", "\u{FFFD}", -1), ("\u{FFFD}", "😀", 1), ("😀", "\u{D7FF}", 1), ("😀", "😁", -1), ("a\u{E000}", "a😀", 1),
        ]
    )
    func texts(left: String, right: String, order: Int) throws {
        #expect(try Twins.value(of: "'\(left)' < '\(right)'") == .bool(order < 0))
        #expect(try Twins.value(of: "'\(left)' > '\(right)'") == .bool(order > 0))
        #expect(try Twins.value(of: "'\(left)' = '\(right)'") == .bool(order == 0))
        #expect(try Twins.value(of: "'\(left)' != '\(right)'") == .bool(order != 0))
        #expect(try Twins.value(of: "'\(left)' IN ['\(right)']") == .bool(order == 0))
        let utf16 = Array(left.utf16).lexicographicallyPrecedes(Array(right.utf16))
        #expect(utf16 == (order < 0))
    }
}
