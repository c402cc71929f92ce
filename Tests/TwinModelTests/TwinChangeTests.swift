import TelemetryJSON
import TelemetryModel
import Testing
import TwinModel

@Suite("what a change tells: notification, event, record; contracts iothub-mqtt section 7, iothub-rest section 10")
struct TwinChangeTests {
    private func id() throws -> IdentityID { try #require(IdentityID(device: "dev1")) }

    @Test(
        "the device is told the desired part as it came and $version, and nothing of tags",
        arguments: [
            (#"{"properties":{"desired":{"x":{"y":1},"z":null}}}"#, #"{"x":{"y":1},"z":null,"$version":2}"#),
            (
                #"{"properties":{"desired":{"$version":9,"a":{"b":null},"$metadata":{}}}}"#,
                #"{"a":{"b":null},"$version":2}"#
            ),
            (#"{"tags":{"a":1},"properties":{"desired":{}}}"#, #"{"$version":2}"#), (#"{"tags":{"a":1}}"#, nil),
        ] as [(String, String?)]
    )
    func notification(patch: String, expected: String?) throws {
        var twin = Twin(createdAt: Sample.time(0))
        let change = try twin.update(Sample.patch(patch), at: Sample.time(1))
        #expect(change?.notification.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test("after a replacement the device is told the whole new section; of its own report nothing")
    func notificationOfReplacement() throws {
        var twin = try Sample.twin(desired: #"{"a":1,"b":2}"#)
        let replace = try twin.replace(Sample.desired(#"{"b":3,"c":null}"#), at: Sample.time(1))
        #expect(replace.notification.map { String(decoding: $0, as: UTF8.self) } == #"{"b":3,"$version":2}"#)
        #expect(try twin.replace(Sample.patch("{}"), at: Sample.time(2)).notification == nil)
        #expect(try twin.report(Sample.reported(#"{"a":1}"#), at: Sample.time(2)).notification == nil)
    }

    @Test("the event of an update has what was written, its metadata and versions")
    func updateEvent() throws {
        var twin = try Sample.twin(desired: #"{"o":{"p":1,"q":2},"r":3}"#)
        let patch = try Sample.patch(#"{"tags":{"s":"a","t":null},"properties":{"desired":{"o":{"p":null,"n":5}}}}"#)
        let change = try #require(try twin.update(patch, at: Sample.time(205)))
        #expect(change.operation == "updateTwin")
        #expect(
            try change.eventBody(of: self.id(), after: twin).description
                == #"{"version":3,"tags":{"s":"a","t":null},"properties":{"desired":{"o":{"p":null,"n":5},"#
                + #""$metadata":{"$lastUpdated":"2026-11-21T03:51:17.2050000Z","$lastUpdatedVersion":2,"#
                + #""o":{"$lastUpdated":"2026-11-21T03:51:17.2050000Z","$lastUpdatedVersion":2,"#
                + #""n":{"$lastUpdated":"2026-11-21T03:51:17.2050000Z","$lastUpdatedVersion":2}}},"$version":2}}}"#
        )
        let tags = try #require(try twin.update(Sample.tags(#"{"s":"b"}"#), at: Sample.time(300)))
        #expect(try tags.eventBody(of: self.id(), after: twin).description == #"{"version":4,"tags":{"s":"b"}}"#)
        let report = try twin.report(Sample.reported(#"{"f":1}"#), at: Sample.time(301))
        #expect(report.operation == "updateTwin")
        #expect(
            try report.eventBody(of: self.id(), after: twin).description
                == #"{"version":5,"properties":{"reported":{"f":1,"#
                + #""$metadata":{"$lastUpdated":"2026-11-21T03:51:17.3010000Z","#
                + #""f":{"$lastUpdated":"2026-11-21T03:51:17.3010000Z"}},"$version":2}}}"#
        )
    }

    @Test("the event of a replacement is the whole twin")
    func replaceEvent() throws {
        var twin = try Sample.twin(desired: #"{"a":1}"#)
        let change = try twin.replace(Sample.tags(#"{"t":1}"#), at: Sample.time(1))
        #expect(change.operation == "replaceTwin")
        #expect(try change.eventBody(of: self.id(), after: twin) == twin.eventView(of: self.id()))
    }

    @Test("a record is the event and what its history needs: who, when, from what")
    func record() throws {
        var twin = Twin(createdAt: Sample.time(0))
        _ = try twin.update(Sample.desired(#"{"q":{"r":1},"k":1}"#), at: Sample.time(100))
        _ = try twin.update(
            Sample.patch(#"{"tags":{"s":"a"},"properties":{"desired":{"q":{"w":2}}}}"#),
            at: Sample.time(150)
        )
        let patch = try Sample.patch(#"{"tags":{"s":"b"},"properties":{"desired":{"p":"v","q":null}}}"#)
        let change = try #require(try twin.update(patch, at: Sample.time(205)))
        let record = TwinRecord(author: "iothubowner", change: change)
        let value = record.value(of: try self.id(), after: twin)
        #expect(
            String(decoding: value, as: UTF8.self)
                == #"{"version":5,"tags":{"s":"b"},"properties":{"desired":{"p":"v","q":null,"#
                + #""$metadata":{"$lastUpdated":"2026-11-21T03:51:17.2050000Z","$lastUpdatedVersion":4,"#
                + #""p":{"$lastUpdated":"2026-11-21T03:51:17.2050000Z","$lastUpdatedVersion":4}},"$version":4}},"#
                + #""change":{"kind":"update","by":"iothubowner","at":"2026-11-21T03:51:17.205Z","etag":"AAAAAAAAAAQ=","#
                + #""before":{"version":4,"desired":3,"reported":1},"#
                + #""previous":{"tags":{"s":"a"},"properties":{"desired":{"p":null,"q":{"r":1,"w":2}}}},"#
                + #""stamps":{"desired":{"s":[1795233077150,3,1795233077100,2],"i":[0,0,1,0]}}}}"#
        )
        #expect(try TwinRecord(parsing: value) == record)
    }

    @Test(
        "bytes that are no record are refused, never trapped on",
        arguments: [
            "", "1", "{}", #"{"change":1}"#, #"{"version":3,"change":{}}"#,
            #"{"version":3,"change":{"kind":"x","by":"a","at":"2026-11-21","before":{"version":2,"desired":1,"reported":1}}}"#,
            #"{"version":3,"change":{"kind":"report","by":"a","at":"2026-11-21","before":{"version":2,"desired":1,"reported":1},"previous":{"properties":{"reported":{}}}}}"#,
            #"{"version":3,"properties":{"reported":{"$version":2}},"change":{"kind":"report","by":"a","at":"2026-11-21","before":{"version":2,"desired":1,"reported":1},"previous":{"properties":{"reported":{"a":1}}},"stamps":{"reported":{"s":[1,2,3,4],"i":[0,2]}}}}"#,
        ]
    )
    func noRecord(text: String) {
        #expect(throws: StoredTwinError.self) { try TwinRecord(parsing: text.utf8) }
    }
}
