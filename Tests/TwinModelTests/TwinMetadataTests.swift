import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("metadata, contract twins section 3")
struct TwinMetadataTests {
    @Test("the metadata of the contract's example, byte for byte but for decimals a gateway does not know")
    func contractExample() throws {
        var twin = Twin(createdAt: Sample.time(100))
        let patch = try Sample.patch(#"{"tags":{"site":"a"},"properties":{"desired":{"x":{"y":1},"z":null}}}"#)
        _ = try twin.update(patch, at: Sample.time(205))
        #expect(
            twin.desired.serviceView(withVersions: true).description
                == #"{"x":{"y":1},"$metadata":{"$lastUpdated":"2026-11-21T03:51:17.2050000Z","$lastUpdatedVersion":2,"#
                + #""x":{"$lastUpdated":"2026-11-21T03:51:17.2050000Z","$lastUpdatedVersion":2,"#
                + #""y":{"$lastUpdated":"2026-11-21T03:51:17.2050000Z","$lastUpdatedVersion":2}}},"$version":2}"#
        )
        _ = try twin.report(Sample.reported(#"{"fw":"1.0","a":{"b":1}}"#), at: Sample.time(128))
        _ = try twin.report(Sample.reported(#"{"a":null}"#), at: Sample.time(129))
        #expect(
            twin.reported.serviceView(withVersions: false).description
                == #"{"fw":"1.0","$metadata":{"$lastUpdated":"2026-11-21T03:51:17.1290000Z","#
                + #""fw":{"$lastUpdated":"2026-11-21T03:51:17.1280000Z"}},"$version":3}"#
        )
    }

    @Test("a new twin's metadata is the time of its making")
    func newTwin() {
        let twin = Twin(createdAt: Sample.time(7))
        #expect(
            twin.reported.metadata(withVersions: false).description
                == #"{"$lastUpdated":"2026-11-21T03:51:17.0070000Z"}"#
        )
    }

    /// Before: `{"a":{"b":1,"c":{"d":2}},"e":[1,{"f":2}],"g":3}` of version 1. The expected tree names the version that wrote
    /// each entry, the section itself first.
    @Test(
        "a write marks what it writes and all objects above it, and nothing else",
        arguments: [
            (#"{"g":4}"#, #"[2,{"a":[1,{"b":[1],"c":[1,{"d":[1]}]}],"e":[1],"g":[2]}]"#),
            (#"{"g":3}"#, #"[2,{"a":[1,{"b":[1],"c":[1,{"d":[1]}]}],"e":[1],"g":[2]}]"#),
            (#"{"a":{"c":{"d":5}}}"#, #"[2,{"a":[2,{"b":[1],"c":[2,{"d":[2]}]}],"e":[1],"g":[1]}]"#),
            (#"{"a":{"c":{"n":5}}}"#, #"[2,{"a":[2,{"b":[1],"c":[2,{"d":[1],"n":[2]}]}],"e":[1],"g":[1]}]"#),
            (#"{"a":{"c":{"d":null}}}"#, #"[2,{"a":[2,{"b":[1],"c":[2]}],"e":[1],"g":[1]}]"#),
            (#"{"a":{"c":null}}"#, #"[2,{"a":[2,{"b":[1]}],"e":[1],"g":[1]}]"#),
            (#"{"a":null}"#, #"[2,{"e":[1],"g":[1]}]"#),
            (#"{"a":{"n":null}}"#, #"[2,{"a":[2,{"b":[1],"c":[1,{"d":[1]}]}],"e":[1],"g":[1]}]"#),
            (#"{"n":null}"#, #"[2,{"a":[1,{"b":[1],"c":[1,{"d":[1]}]}],"e":[1],"g":[1]}]"#),
            (#"{"a":{}}"#, #"[2,{"a":[2,{"b":[1],"c":[1,{"d":[1]}]}],"e":[1],"g":[1]}]"#),
            (#"{"a":{"b":{"x":1,"y":null}}}"#, #"[2,{"a":[2,{"b":[2,{"x":[2]}],"c":[1,{"d":[1]}]}],"e":[1],"g":[1]}]"#),
            (#"{"a":5}"#, #"[2,{"a":[2],"e":[1],"g":[1]}]"#),
            (#"{"a":[{"b":1}]}"#, #"[2,{"a":[2],"e":[1],"g":[1]}]"#),
            (#"{"e":[1,{"f":2}]}"#, #"[2,{"a":[1,{"b":[1],"c":[1,{"d":[1]}]}],"e":[2],"g":[1]}]"#),
            (#"{"e":{"h":{}}}"#, #"[2,{"a":[1,{"b":[1],"c":[1,{"d":[1]}]}],"e":[2,{"h":[2]}],"g":[1]}]"#),
            (#"{}"#, #"[2,{"a":[1,{"b":[1],"c":[1,{"d":[1]}]}],"e":[1],"g":[1]}]"#),
            (
                #"{"$version":77,"$metadata":{"$lastUpdated":"x"},"g":4}"#,
                #"[2,{"a":[1,{"b":[1],"c":[1,{"d":[1]}]}],"e":[1],"g":[2]}]"#
            ),
        ]
    )
    func marks(patch: String, expected: String) throws {
        let before = #"{"a":{"b":1,"c":{"d":2}},"e":[1,{"f":2}],"g":3}"#
        var desired = try Sample.twin(desired: before)
        _ = try desired.update(Sample.desired(patch), at: Sample.time(5))
        let metadata = desired.desired.metadata(withVersions: true)
        #expect(try TwinMetadataTests.versions(metadata) == JSONValue(parsing: expected))
        #expect(TwinMetadataTests.timesFit(metadata))
        #expect(desired.desired.version == 2)

        var reported = Twin(createdAt: Sample.time(0))
        _ = try reported.report(Sample.reported(before), at: Sample.time(0))
        _ = try reported.report(Sample.reported(patch), at: Sample.time(5))
        let times = reported.reported.metadata(withVersions: false)
        #expect(TwinMetadataTests.withoutVersions(metadata) == times, "reported properties are marked alike")
    }

    @Test("a replacement makes all metadata anew")
    func replacement() throws {
        var twin = try Sample.twin(desired: #"{"a":{"b":1},"c":2}"#)
        _ = try twin.replace(Sample.desired(#"{"a":{"b":1}}"#), at: Sample.time(5))
        let versions = TwinMetadataTests.versions(twin.desired.metadata(withVersions: true))
        #expect(try versions == JSONValue(parsing: #"[2,{"a":[2,{"b":[2]}]}]"#))
    }

    /// `[version, {name: …}]` of a metadata tree.
    private static func versions(_ metadata: JSONObject) -> JSONValue {
        var inner = JSONObject()
        for member in metadata where !member.name.hasPrefix("$") {
            inner.set(member.name, to: TwinMetadataTests.versions(member.value.object ?? [:]))
        }
        let version = metadata["$lastUpdatedVersion"] ?? .null
        return .array(inner.isEmpty ? [version] : [version, .object(inner)])
    }

    /// Whether version 1 stands with 0 ms and version 2 with 5 ms everywhere.
    private static func timesFit(_ metadata: JSONObject) -> Bool {
        let time = metadata["$lastUpdatedVersion"] == .integer(1) ? 0 : 5
        return metadata["$lastUpdated"] == .string("2026-11-21T03:51:17.00\(time)0000Z")
            && metadata.allSatisfy { $0.value.object.map(TwinMetadataTests.timesFit) ?? true }
    }

    private static func withoutVersions(_ metadata: JSONObject) -> JSONObject {
        var result = JSONObject()
        for member in metadata where member.name != "$lastUpdatedVersion" {
            let inner = member.value.object.map { JSONValue.object(TwinMetadataTests.withoutVersions($0)) }
            result.set(member.name, to: inner ?? member.value)
        }
        return result
    }
}
