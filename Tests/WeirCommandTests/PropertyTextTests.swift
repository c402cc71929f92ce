import TelemetryJSON
import Testing

@testable import weir

@Suite("Properties on the command line")
struct PropertyTextTests {
    @Test(
        "name=value is JSON where it can be, else text",
        arguments: [
            ("interval=5", ["interval"], .integer(5)), ("on=true", ["on"], .bool(true)),
            ("site.floor=north", ["site", "floor"], .string("north")), ("spare=null", ["spare"], .null),
            (#"on="true""#, ["on"], .string("true")), ("a=", ["a"], .string("")), ("a=b=c", ["a"], .string("b=c")),
            ("list=[1,2]", ["list"], .array([.integer(1), .integer(2)])),
        ] as [(String, [String], JSONValue)]
    )
    func assignment(text: String, path: [String], value: JSONValue) throws {
        let parsed = try #require(PropertyAssignment.parse(text))
        #expect(parsed.path == path)
        #expect(parsed.value == value)
    }

    @Test("what names no property is none", arguments: ["", "interval", "=5", "a..b=5", ".a=1", "a.=1"])
    func noAssignment(text: String) {
        #expect(PropertyAssignment.parse(text) == nil)
    }

    @Test("assignments with a common beginning make one object; a later one goes before")
    func set() {
        var object: JSONObject = ["keep": .integer(1), "site": .string("a")]
        PropertyAssignment.set(.integer(2), at: ["fan", "speed"], in: &object)
        PropertyAssignment.set(.bool(true), at: ["fan", "on"], in: &object)
        PropertyAssignment.set(.string("b"), at: ["site", "name"], in: &object)
        #expect(object.description == #"{"keep":1,"site":{"name":"b"},"fan":{"speed":2,"on":true}}"#)
    }

    @Test("options are laid over a document, member by member")
    func patch() throws {
        var options = TwinPatchOptions()
        options.tags = ["site=north"]
        options.desired = ["fan.speed=3", #"{"mode":null}"#]
        let patch = try options.patch(over: #"{"tags":{"floor":2},"properties":{"desired":{"fan":{"on":true}}}}"#)
        #expect(
            patch.description
                == #"{"tags":{"floor":2,"site":"north"},"properties":{"desired":{"fan":{"on":true,"speed":3},"mode":null}}}"#
        )
    }

    @Test(
        "leaves have their paths; the hub's own members have none, and an empty object is a leaf",
        arguments: [
            (#"{"a":1,"b":{"c":[1],"d":{}},"$version":3,"$metadata":{"a":{}}}"#, ["a", "b.c", "b.d"]),
            (#"{"$version":1}"#, []), ("{}", []),
        ]
    )
    func leaves(json: String, paths: [String]) throws {
        let object = try #require(try JSONValue(parsing: json).object)
        #expect(PropertyLeaves.of(object).map(\.path) == paths)
    }

    @Test("a value over the width is cut, one of the width is not")
    func width() {
        #expect(PropertyLeaves.text(.string("abc"), widthMax: 5) == #""abc""#)
        #expect(PropertyLeaves.text(.string("abcd"), widthMax: 5) == #""abc…"#)
    }

    @Test(
        "a message's property is a field of HTTP",
        arguments: [
            ("a=b", true), ("alert-level=1 2", true), ("a=", true), ("=b", false), ("a", false), ("a b=c", false),
            ("a=ü", false), ("ü=a", false), ("a= b", false), ("a=b ", false), ("a=b\u{1B}", false), ("a:b=c", false),
        ]
    )
    func messageProperty(text: String, isValid: Bool) {
        #expect((MessageProperty(argument: text) != nil) == isValid)
    }

    @Test(
        "a configuration sets each path of its own, of devices or of modules",
        arguments: [
            ("tags.site = 'a'", "deviceContent"), ("*", "deviceContent"),
            ("from  devices.modules where moduleId = 'm'", "moduleContent"), ("FROM devices.modules", "moduleContent"),
        ]
    )
    func content(condition: String, member: String) {
        let content = ConfigurationContent.setting(
            [(["interval"], .integer(5)), (["fan", "on"], .bool(true))],
            for: condition
        )
        #expect(
            content.description
                == #"{"\#(member)":{"properties.desired.interval":5,"properties.desired.fan.on":true}}"#
        )
    }
}
