import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("writing twins, contract twins sections 2 and 4 to 6")
struct TwinTests {
    /// Properties of exactly `size`, with a part named `name`.
    private static func object(_ size: Int, _ name: String = "a") -> String {
        let values = (size - 1) / 1_000
        let rest = size - values * 1_000
        let members = (0..<values).map { "\"\($0 + 100)\":\"\(String(repeating: "x", count: 997))\"" }
        let last = "\"\(name)\":\"\(String(repeating: "x", count: rest - name.utf8.count))\""
        return "{\((members + [last]).joined(separator: ","))}"
    }

    @Test("a new twin has version 2 and $version 1 twice")
    func newTwin() {
        let twin = Twin(createdAt: Sample.time(0))
        #expect(twin.versions == TwinVersions(twin: 2, desired: 1, reported: 1))
        #expect(twin.etag == "AAAAAAAAAAE=")
        #expect(
            String(decoding: twin.deviceView, as: UTF8.self) == #"{"desired":{"$version":1},"reported":{"$version":1}}"#
        )
    }

    @Test("a twin may be made with content, which counts as written by $version 1 and has the limits of any other")
    func initialContent() throws {
        let patch = try Sample.patch(#"{"tags":{"t":1,"u":null},"properties":{"desired":{"d":{"e":null}}}}"#)
        let twin = try Twin(createdAt: Sample.time(0), content: patch, modelID: "dtmi:a;1")
        #expect(twin.versions == TwinVersions(twin: 2, desired: 1, reported: 1))
        #expect(twin.tags.description == #"{"t":1}"#)
        #expect(twin.desired.values.description == #"{"d":{}}"#)
        #expect(twin.modelID == "dtmi:a;1")
        for (text, size) in [("tags", 8_193), ("desired", 32_769)] {
            let section = try JSONValue(parsing: TwinTests.object(size))
            let patch =
                text == "tags"
                ? TwinPatch(tags: try SectionPatch(section, for: .tags))
                : TwinPatch(desired: try SectionPatch(section, for: .desired))
            #expect(throws: TwinError.self) { try Twin(createdAt: Sample.time(0), content: patch) }
        }
    }

    @Test(
        "each write moves its own counters by one, tags never $version, and an update of nothing none",
        arguments: [
            (#"{"tags":{"a":1}}"#, 3, 1), (#"{"tags":{}}"#, 3, 1), (#"{"properties":{"desired":{"a":1}}}"#, 3, 2),
            (#"{"properties":{"desired":{}}}"#, 3, 2), (#"{"tags":{},"properties":{"desired":{"b":null}}}"#, 3, 2),
            (#"{}"#, 2, 1), (#"{"properties":{"reported":{"a":1}}}"#, 2, 1),
        ] as [(String, Int64, Int64)]
    )
    func counters(patch: String, version: Int64, desired: Int64) throws {
        var twin = Twin(createdAt: Sample.time(0))
        let change = try twin.update(Sample.patch(patch), at: Sample.time(1))
        #expect(twin.versions == TwinVersions(twin: version, desired: desired, reported: 1))
        #expect((change == nil) == (version == 2))
        #expect(change?.before ?? twin.versions == TwinVersions(twin: 2, desired: 1, reported: 1))
        #expect(change?.after ?? twin.versions == twin.versions)
        #expect(twin.reported.values.isEmpty)
    }

    @Test("the same value again still moves $version; a device's patch moves reported's and the twin's")
    func sameValue() throws {
        var twin = Twin(createdAt: Sample.time(0))
        for step in Int64(1)...3 {
            _ = try twin.update(Sample.desired(#"{"a":1}"#), at: Sample.time(step))
            let change = try twin.report(Sample.reported(#"{"a":1}"#), at: Sample.time(step))
            #expect(change.after.reported == step + 1)
            #expect(twin.versions == TwinVersions(twin: 2 + 2 * step, desired: step + 1, reported: step + 1))
        }
        _ = try twin.report(Sample.reported("{}"), at: Sample.time(9))
        #expect(twin.reported.version == 5)
        #expect(twin.reported.metadata(withVersions: false)["$lastUpdated"] == .string("2026-11-21T03:51:17.0090000Z"))
    }

    @Test("a replacement empties tags that are not given and keeps desired properties that are not")
    func replacement() throws {
        var twin = Twin(createdAt: Sample.time(0))
        _ = try twin.update(
            Sample.patch(#"{"tags":{"t":1},"properties":{"desired":{"d":1}}}"#),
            at: Sample.time(1)
        )
        _ = try twin.replace(Sample.tags(#"{"u":2}"#), at: Sample.time(2))
        #expect(twin.tags.description == #"{"u":2}"#)
        #expect(twin.desired.values.description == #"{"d":1}"#)
        #expect(twin.versions == TwinVersions(twin: 4, desired: 2, reported: 1))
        _ = try twin.replace(Sample.desired(#"{"e":1}"#), at: Sample.time(3))
        #expect(twin.tags.isEmpty)
        #expect(twin.desired.values.description == #"{"e":1}"#)
        #expect(twin.versions == TwinVersions(twin: 5, desired: 3, reported: 1))
        _ = try twin.replace(Sample.patch("{}"), at: Sample.time(4))
        #expect(twin.versions == TwinVersions(twin: 6, desired: 3, reported: 1))
    }

    @Test("an etag that is not the current one changes nothing, whatever is written")
    func etag() throws {
        var twin = Twin(createdAt: Sample.time(0))
        let first = twin.etag
        _ = try twin.update(Sample.tags(#"{"a":1}"#), ifMatch: .etag(first), at: Sample.time(1))
        let before = twin
        let stale = TwinError(.etagMismatch(current: twin.etag))
        #expect(stale.status == 412)
        #expect(stale.description == "If-Match does not hold: the twin's etag is now AAAAAAAAAAI=")
        #expect(throws: stale) {
            try twin.update(Sample.tags(#"{"a":2}"#), ifMatch: .etag(first), at: Sample.time(2))
        }
        #expect(throws: stale) { try twin.update(Sample.patch("{}"), ifMatch: .etag(first), at: Sample.time(2)) }
        #expect(throws: stale) { try twin.replace(Sample.patch("{}"), ifMatch: .etag(""), at: Sample.time(2)) }
        #expect(twin == before)
        _ = try twin.replace(Sample.patch("{}"), ifMatch: .etag(twin.etag), at: Sample.time(2))
        _ = try twin.update(Sample.tags("{}"), ifMatch: .any, at: Sample.time(3))
    }

    @Test("a device's $version condition must be the current version")
    func versionCondition() throws {
        var twin = Twin(createdAt: Sample.time(0))
        _ = try twin.report(Sample.reported(#"{"a":1}"#), ifVersion: 1, at: Sample.time(1))
        for condition in [Int64(0), 1, 3] {
            let before = twin
            let error = TwinError(.versionMismatch(current: 2), at: ["properties.reported"])
            #expect(error.status == 412)
            #expect(throws: error) {
                try twin.report(Sample.reported(#"{"a":2}"#), ifVersion: condition, at: Sample.time(2))
            }
            #expect(twin == before)
        }
        _ = try twin.report(Sample.reported(#"{"a":2}"#), ifVersion: 2, at: Sample.time(2))
    }

    @Test(
        "a section takes its limit and not one byte more",
        arguments: [(TwinSectionName.tags, 8_192), (.desired, 32_768), (.reported, 32_768)]
    )
    func sizes(section: TwinSectionName, limit: Int) throws {
        func write(_ text: String, to twin: inout Twin) throws {
            switch section {
            case .tags: _ = try twin.update(Sample.tags(text), at: Sample.time(1))
            case .desired: _ = try twin.update(Sample.desired(text), at: Sample.time(1))
            case .reported: _ = try twin.report(Sample.reported(text), at: Sample.time(1))
            }
        }
        var twin = Twin(createdAt: Sample.time(0))
        let tooLarge = TwinError(.sectionTooLarge(size: limit + 1, limit: limit), at: [section.path])
        #expect(tooLarge.status == 413)
        #expect(throws: tooLarge) { try write(TwinTests.object(limit + 1), to: &twin) }
        #expect(twin == Twin(createdAt: Sample.time(0)))
        try write(TwinTests.object(limit), to: &twin)
        let full = twin
        #expect(throws: TwinError(.sectionTooLarge(size: limit + 1, limit: limit), at: [section.path])) {
            try write(#"{"b":""}"#, to: &twin)
        }
        #expect(twin == full)
        try write(#"{"b":"","a":""}"#, to: &twin)
        #expect(twin != full)
        guard section != .reported else { return }
        #expect(throws: tooLarge) {
            let text = TwinTests.object(limit + 1)
            _ = try twin.replace(section == .tags ? Sample.tags(text) : Sample.desired(text), at: Sample.time(2))
        }
    }

    @Test("a section that is over its limit may shrink and not grow or stay")
    func shrinking() throws {
        let values = try Sample.object(TwinTests.object(33_000))
        var writer = JSONWriter()
        writer.object([
            "f": .integer(1), "n": .integer(4), "v": .object(values), "s": .array([.integer(0), .integer(4)]),
        ])
        let reported = try TwinSection(stored: writer.bytes)
        var twin = Twin(
            version: 5,
            tags: [:],
            desired: TwinSection(createdAt: Sample.time(0)),
            reported: reported,
            modelID: ""
        )
        for text in [#"{"b":1}"#, "{}"] {
            #expect(throws: TwinError.self) { try twin.report(Sample.reported(text), at: Sample.time(1)) }
        }
        _ = try twin.report(Sample.reported(#"{"100":1}"#), at: Sample.time(1))
        #expect(TwinSize(of: twin.reported.values).counted == 32_011)
    }

    @Test(
        "what counts nothing still has a limit",
        arguments: [
            (#""\#(String(repeating: "\\u0000", count: 4_090))""#, 4_091),
            ("[" + String(repeating: "[],", count: 4_090) + "null]", 4_092),
        ]
    )
    func weight(value: String, expected: Int) throws {
        var twin = Twin(createdAt: Sample.time(0))
        var accepted = 0
        let error = #expect(throws: TwinError.self) {
            while accepted < 1_000 {
                _ = try twin.report(Sample.reported(#"{"n\#(accepted)":\#(value)}"#), at: Sample.time(1))
                accepted += 1
            }
        }
        #expect(error?.status == 413)
        guard case .sectionTooHeavy(let weight, let limit) = error?.code else {
            Issue.record("refused for another reason: \(String(describing: error))")
            return
        }
        #expect(limit == 131_072)
        #expect(weight > limit && weight - (expected + 3) <= limit)
        #expect(accepted == limit / (expected + 3))
        _ = try twin.report(Sample.reported(#"{"n0":null}"#), at: Sample.time(2))
    }

    @Test("tags and desired properties are written both or not at all")
    func atomic() throws {
        var twin = Twin(createdAt: Sample.time(0))
        let before = twin
        for (tags, desired) in [(8_192, 32_769), (8_193, 32_768)] {
            let patch = try Sample.patch(
                #"{"tags":\#(TwinTests.object(tags)),"properties":{"desired":\#(TwinTests.object(desired))}}"#
            )
            #expect(throws: TwinError.self) { try twin.update(patch, at: Sample.time(1)) }
            #expect(throws: TwinError.self) { try twin.replace(patch, at: Sample.time(1)) }
            #expect(twin == before)
        }
        #expect(throws: TwinError.self) {
            let patch = try Sample.patch(#"{"tags":{"a":1},"properties":{"desired":{"b":{"c.d":1}}}}"#)
            _ = try twin.update(patch, at: Sample.time(1))
        }
        #expect(twin == before)
    }
}
