import TelemetryJSON
import TelemetryModel
import TestSupport
import Testing
import TwinModel

@Suite("sections as they are stored")
struct TwinSectionStoredTests {
    @Test("one stamp is stored once, several with the place of each")
    func form() throws {
        var twin = try Sample.twin(desired: #"{"x":{"y":1},"z":[{"a":1}]}"#)
        #expect(
            String(decoding: twin.desired.stored, as: UTF8.self)
                == #"{"f":1,"n":1,"v":{"x":{"y":1},"z":[{"a":1}]},"s":[1795233077000,1]}"#
        )
        _ = try twin.update(Sample.desired(#"{"x":{"w":1}}"#), at: Sample.time(5))
        #expect(
            String(decoding: twin.desired.stored, as: UTF8.self)
                == #"{"f":1,"n":2,"v":{"x":{"y":1,"w":1},"z":[{"a":1}]},"#
                + #""s":[1795233077005,2,1795233077000,1],"i":[0,0,1,0,1]}"#
        )
        #expect(try TwinSection(stored: twin.desired.stored) == twin.desired)
    }

    @Test(
        "what was not written is refused",
        arguments: [
            "", "[]", "{}", #"{"f":2,"n":1,"v":{},"s":[0,1]}"#, #"{"f":1,"n":1,"v":[],"s":[0,1]}"#,
            #"{"f":1,"n":"1","v":{},"s":[0,1]}"#, #"{"f":1,"n":1,"v":{}}"#, #"{"f":1,"n":1,"v":{},"s":[]}"#,
            #"{"f":1,"n":1,"v":{},"s":[0]}"#, #"{"f":1,"n":1,"v":{},"s":[0,1,2,3]}"#,
            #"{"f":1,"n":1,"v":{"a":1},"s":[0,1],"i":[0]}"#, #"{"f":1,"n":1,"v":{"a":1},"s":[0,1],"i":[0,0,0]}"#,
            #"{"f":1,"n":1,"v":{"a":1},"s":[0,1],"i":[0,1]}"#, #"{"f":1,"n":1,"v":{"a":1},"s":[0,1],"i":[0,-1]}"#,
            #"{"f":1,"n":1,"v":{},"s":[0,1.0]}"#, #"{"f":1,"n":1,"v":{"a":null},"s":[0,1]}"#,
        ]
    )
    func refused(text: String) {
        #expect(throws: StoredTwinError.self) { try TwinSection(stored: text.utf8) }
    }

    @Test("a twin is what its columns hold")
    func columns() throws {
        var twin = Twin(createdAt: Sample.time(0), modelID: "dtmi:a;1")
        let patch = try Sample.patch(#"{"tags":{"t":[1,null]},"properties":{"desired":{"d":{"e":1.5}}}}"#)
        _ = try twin.update(patch, at: Sample.time(1))
        _ = try twin.report(Sample.reported(#"{"r":{}}"#), at: Sample.time(2))
        #expect(String(decoding: twin.storedTags, as: UTF8.self) == #"{"t":[1,null]}"#)
        let read = try Twin(
            storedVersion: twin.version,
            tags: twin.storedTags,
            desired: twin.desired.stored,
            reported: twin.reported.stored,
            modelID: twin.modelID
        )
        #expect(read == twin)
        #expect(throws: StoredTwinError.self) {
            try Twin(storedVersion: 2, tags: [], desired: twin.desired.stored, reported: [], modelID: "")
        }
    }

    @Test("any section survives storing; damaged bytes never trap, also when they are then written to")
    func roundTrip() throws {
        var random = SeededGenerator.announced("roundTrip")
        for _ in 0..<500 {
            var twin = Twin(createdAt: Sample.time(0))
            for step in 0..<Int64.random(in: 0...6, using: &random) {
                let patch = SectionPatch.random(using: &random)
                _ = try twin.report(patch, at: Sample.time(step))
            }
            var bytes = twin.reported.stored
            #expect(try TwinSection(stored: bytes) == twin.reported)
            for _ in 0..<10 {
                let place = Int.random(in: bytes.indices, using: &random)
                bytes[place] = Array(#"{}[]",:0123456789a"#.utf8)[Int.random(in: 0..<18, using: &random)]
                guard let section = try? TwinSection(stored: bytes) else { continue }
                var damaged = Twin(version: 2, tags: [:], desired: section, reported: section, modelID: "")
                let change = try? damaged.report(SectionPatch.random(using: &random), at: Sample.time(9))
                if let change { try damaged.takeBack(change) }
            }
        }
    }
}
