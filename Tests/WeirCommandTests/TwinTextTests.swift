import NIOCore
import TelemetryJSON
import Testing

@testable import weir

@Suite("How twins and their changes are written for people")
struct TwinTextTests {
    private static let plain = Console(isTerminal: false, hasColor: false, output: { _ in }, error: { _ in })

    private static let twin = """
        {"deviceId":"dev1","moduleId":"mod1","etag":"AAAAAAAAAAU=","status":"enabled","connectionState":"Connected",
         "lastActivityTime":"2026-11-21T03:51:17.1210000Z","modelId":"","version":6,"tags":{"site":{"floor":"north"}},
         "properties":{"desired":{"x":{"y":1},"$metadata":{"$lastUpdated":"T0","$lastUpdatedVersion":2,
           "x":{"$lastUpdated":"T1","$lastUpdatedVersion":2,"y":{"$lastUpdated":"T2","$lastUpdatedVersion":2}}},"$version":2},
          "reported":{"fw":"1.0","$metadata":{"$lastUpdated":"T3","fw":{"$lastUpdated":"T4"}},"$version":3}}}
        """

    @Test("a twin is a head and a table for each section, with when each property was written")
    func twinLines() throws {
        let twin = try #require(try JSONValue(parsing: Self.twin).object)
        #expect(
            TwinText.lines(twin, for: Self.plain).joined(separator: "\n") == """
                module         dev1/mod1
                version        6, etag AAAAAAAAAAU=
                connection     connected, last activity 2026-11-21T03:51:17.1210000Z

                TAG         VALUE
                site.floor  "north"

                DESIRED (version 2)  VALUE  WRITTEN  BY VERSION
                x.y                  1      T2                2

                REPORTED (version 3)  VALUE  WRITTEN
                fw                    "1.0"  T4
                """
        )
    }

    @Test(
        "a change is one line: when, version, who, what it did, from what to what",
        arguments: [
            (
                #"""
                {"version":7,"tags":{"site":"b"},"properties":{"desired":{"p":"v","q":null,"$metadata":{},"$version":6}},
                "change":{"kind":"update","by":"policy:service","at":"T",
                "previous":{"tags":{"site":"a"},"properties":{"desired":{"p":null,"q":1}}}}}
                """#,
                #"T  v7  policy:service  update   tags.site: "a" → "b"; desired.p: none → "v"; desired.q: 1 → none"#
            ),
            (
                #"""
                {"version":8,"properties":{"reported":{"fw":"1.0","$version":4}},"change":{"kind":"report","by":"device:d",
                "at":"T","previous":{"properties":{"reported":{"fw":"1.0"}}}}}
                """#,
                #"T  v8  device:d  report   reported.fw: "1.0" again"#
            ),
            (
                #"""
                {"version":4,"properties":{"desired":{"fan":{"speed":3},"gone":null,"$version":2}},"change":{"kind":"update",
                "by":"policy:x","at":"T","previous":{"properties":{"desired":{"fan":null,"gone":null}}}}}
                """#,
                "T  v4  policy:x  update   desired.fan.speed: none → 3"
            ),
            (
                #"""
                {"deviceId":"d","version":9,"tags":{"k":1},"properties":{"desired":{"a":{"b":2}},"reported":{"fw":"1.0"}},
                "change":{"kind":"replace","by":"policy:x\u001b[2J","at":"T",
                "previous":{"tags":{"k":1,"old":true},"properties":{"desired":{"a":1}}}}}
                """#,
                "T  v9  policy:x␛[2J  replace  tags.old: true → none; desired.a.b: none → 2; desired.a: 1 → none"
            ),
            (
                #"{"version":9,"change":{"kind":"replace","by":"policy:x","at":"T","previous":{"tags":{}}}}"#,
                "T  v9  policy:x  replace  nothing changed"
            ),
        ]
    )
    func change(body: String, line: String) {
        let record = #"{"partition":0,"offset":1,"enqueuedTime":"E","deviceId":"d","body":\#(body)}"#
        #expect(TwinHistoryText.line(Array(record.utf8), for: Self.plain) == line)
    }

    @Test("a record of another form is shown like any event")
    func otherRecord() {
        let record = #"{"enqueuedTime":"E","deviceId":"d","applicationProperties":{},"body":{"a":1}}"#
        #expect(TwinHistoryText.line(Array(record.utf8), for: Self.plain) == #"E  d  {"a":1}"#)
    }

    @Test(
        "a line of an export says whose it is at its beginning",
        arguments: [
            (#"{"deviceId":"d","moduleId":"m","status":"enabled"}"#, true),
            (#"{"deviceId":"d","status":"enabled"}"#, false),
            (#"{"deviceId":"d","tags":{"moduleId":1}}"#, false), (#"{"deviceId":"d:\"}"#, false), ("{}", false),
        ]
    )
    func exportLine(line: String, isOfModule: Bool) {
        #expect(ExportLine.isOfModule(ByteBuffer(string: line).readableBytesView) == isOfModule)
    }
}
