import Testing

@testable import weir

@Suite("How things are written for people")
struct TextTests {
    private static let console = Console(isTerminal: true, hasColor: true, output: { _ in }, error: { _ in })
    private static let plain = Console(isTerminal: false, hasColor: false, output: { _ in }, error: { _ in })

    @Test("columns are aligned, numbers to the right, colours not counted")
    func table() {
        var table = TextTable([.init(title: "NAME"), .init(title: "N", isNumber: true), .init(title: "LAST")])
        table.add([("a", .name), ("1,000", nil), ("x", nil)])
        table.add(["longer", "7", ""])
        #expect(table.lines(for: Self.plain) == ["NAME        N  LAST", "a       1,000  x", "longer      7"])
        #expect(table.lines(for: Self.console)[1] == "\u{1B}[36ma\u{1B}[0m       1,000  x")
    }

    @Test(
        "durations have their two largest units",
        arguments: [
            (0, "0 s"), (59, "59 s"), (60, "1 min"), (310, "5 min 10 s"), (3_600, "1 h"), (90_061, "1 d 1 h"),
            (-5, "0 s"),
        ] as [(Int64, String)]
    )
    func duration(seconds: Int64, text: String) {
        #expect(DurationText.short(seconds: seconds) == text)
    }

    @Test(
        "sizes have a unit",
        arguments: [
            (0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (13_002_342, "12.4 MiB"), (.max, "8388608.0 TiB"),
        ]
            as [(Int64, String)]
    )
    func size(bytes: Int64, text: String) {
        #expect(TopicText.size(bytes) == text)
    }

    @Test(
        "a member is found at the outermost level only",
        arguments: [
            (#"{"a":1,"body":{"x":[1,2]}}"#, #"{"x":[1,2]}"#), (#"{"p":{"body":1},"body":2}"#, "2"),
            (#"{"p":"\"body\":1","body":"a,}\"b"}"#, #""a,}\"b""#), (#"{"body":3,"z":4}"#, "3"), (#"{"x":1}"#, nil),
            (#"{"body":"#, nil), (#"{"body"#, nil), ("", nil), (#"{"a":"\"#, nil), (#"["body":1]"#, "1"),
        ] as [(String, String?)]
    )
    func member(text: String, value: String?) {
        let found = JSONMembers.value(of: "body", in: Array(text.utf8))
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == value)
    }

    @Test(
        "lifecycle records are told in words",
        arguments: [
            (
                #""deviceId":"dev1","applicationProperties":{"opType":"deviceConnected"},"#
                    + #""body":{"remoteAddress":"192.0.2.1:9","transport":"tls","protocol":"MQTT 5.0"}}"#,
                "T  dev1  connected     tls 192.0.2.1:9  MQTT 5.0"
            ),
            (
                #""deviceId":"dev1","moduleId":"m","applicationProperties":{"opType":"deviceDisconnected"},"#
                    + #""body":{"remoteAddress":"a:9","transport":"tcp","reason":"keepAliveTimeout","reasonCode":141}}"#,
                "T  dev1/m  disconnected  tcp a:9  keepAliveTimeout (0x8D)"
            ),
            (
                #""applicationProperties":{"opType":"applicationConnected","applicationName":"g"},"#
                    + #""body":{"remoteAddress":"a:9","transport":"webSocket","protocol":"MQTT 3.1.1"}}"#,
                "T  application g  connected     webSocket a:9  MQTT 3.1.1"
            ),
            (
                #""applicationProperties":{"opType":"connectionRefused"},"#
                    + #""body":{"clientId":"x\u001b","transport":"tcp","remoteAddress":"a:9","reason":"no","reasonCode":5}}"#,
                "T  -  refused       tcp a:9  “x␛”: no (0x05)"
            ),
            (
                #""applicationProperties":{"opType":"connectionsRefused"},"body":{"count":5321}}"#,
                "T  -  refused       5321 more"
            ),
            (
                #""deviceId":"dev1","applicationProperties":{"opType":"readingGap"},"#
                    + #""body":{"event":"gap","epoch":7,"first":50,"last":59,"reason":"dropped"}}"#,
                "T  dev1  gap           readings 50 to 59 of epoch 7: dropped"
            ),
            (
                #""deviceId":"d","applicationProperties":{"opType":"other"},"body":{"a":1}}"#,
                #"T  d  {"a":1}"#
            ),
        ]
    )
    func lifecycle(rest: String, line: String) {
        #expect(EventText.line(Array((#"{"enqueuedTime":"T","# + rest).utf8), for: Self.plain) == line)
    }

    @Test(
        "events of the hub are told in words",
        arguments: [
            (
                "createDeviceIdentity", #"{"deviceId":"d","change":{"by":"policy:p","at":"A"}}"#,
                "created       by policy:p"
            ),
            (
                "updateTwin",
                #"{"version":3,"tags":{"a":2},"change":{"kind":"update","by":"p","at":"A","previous":{"tags":{"a":1}}}}"#,
                "v3  p  update   tags.a: 1 → 2"
            ),
            (
                "directMethod",
                #"{"kind":"directMethod","method":"m","by":"p","outcome":"answered","status":200,"durationMilliseconds":7}"#,
                "method m  by p  answered 200 in 7 ms"
            ),
            (
                "directMethod", #"{"method":"m\u001b","by":"p","outcome":"notOnline","durationMilliseconds":0}"#,
                "method m␛  by p  notOnline in 0 ms"
            ),
            ("expireMessage", #"{"deviceId":"d","messageId":"m9","deliveryCount":0}"#, "message m9  expired"),
            (
                "deadLetterMessage", #"{"messageId":"m9","deliveryCount":10}"#,
                "message m9  given up after 10 deliveries"
            ),
            ("failedJob", #"{"jobId":"j","failureReason":"no","author":"p"}"#, "job j  failed  (no)  by p"),
            ("otherThing", #"{"jobId":"j"}"#, #"{"jobId":"j"}"#),
        ]
    )
    func hubEvent(operation: String, body: String, words: String) {
        let head = #"{"enqueuedTime":"T","deviceId":"d","applicationProperties":{"opType":"\#(operation)"},"body":"#
        #expect(EventText.line(Array((head + body + "}").utf8), for: Self.plain) == "T  d  \(words)")
    }

    @Test("records that their producer made unreadable are a line that says so")
    func unreadable() {
        let unreadable = #""unreadable":{"records":2,"reason":"the gzip data end too early"}"#
        let head = #""offset":2,"enqueuedTime":"2026-11-21T04:33:00.000Z","applicationProperties":{}"#
        let line = #"{"partition":0,\#(head),"body":null,\#(unreadable)}"#
        #expect(
            EventText.line(Array(line.utf8), for: Self.plain)
                == "2026-11-21T04:33:00.000Z  -  (2 records cannot be read: the gzip data end too early)"
        )
    }
}
