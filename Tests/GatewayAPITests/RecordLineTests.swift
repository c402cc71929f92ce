import EventLog
import FoundationEssentials
import LogFormat
import NIOCore
import NIOHTTP1
import TelemetryJSON
import TelemetryModel
import Testing

@testable import GatewayAPI

@Suite("A record as a line of JSON")
struct RecordLineTests {
    /// The line of a record that went through a real log.
    private static func line(_ record: NewRecord) async throws -> String {
        var text = ""
        try await APIFixture.run { api in
            let topic = try api.log.openTopic("t", partitions: 1)
            _ = try await topic.append([record])
            text = try await api.send(.GET, "/topics/t/records").body
        }
        return text
    }

    @Test(
        "the body is the payload's JSON, else a string, else base64",
        arguments: [
            (#"{"t":21.50}"#, #""body":{"t":21.50}"#),
            ("{ \"a\" : [ 1 , 2 ] ,\n\"b\":\"x y\" }", #""body":{"a":[1,2],"b":"x y"}"#),
            (" 7 ", #""body":7"#), ("null", #""body":null"#), (#""text""#, #""body":"text""#),
            ("text", #""body":"text""#),
            ("", #""body":"""#), ("{\"t\":", #""body":"{\"t\":""#),
            ("a\nb\t\"c\"\u{1}", #""body":"a\nb\t\"c\"\u0001""#),
            ("grüße", #""body":"grüße""#), ("{} {}", #""body":"{} {}""#),
            (String(repeating: "[", count: 65) + String(repeating: "]", count: 65), "\"body\":\"[[[["),
        ]
    )
    func body(payload: String, expected: String) async throws {
        let line = try await Self.line(NewRecord(key: nil, value: Array(payload.utf8)))
        #expect(line.contains(expected), "\(line)")
        #expect(line.hasSuffix("}\n"))
        #expect(line.filter { $0 == "\n" }.count == 1)
        #expect(JSONValidator.isValid(line.dropLast().utf8))
    }

    @Test("bytes that are not UTF-8 are base64 under another name")
    func binary() async throws {
        let line = try await Self.line(NewRecord(key: nil, value: [0xFF, 0x00, 0x80]))
        #expect(line.contains(#""bodyBase64":"/wCA""#))
        #expect(!line.contains(#""body":"#))
    }

    @Test(
        "device and module come from the stamped headers, else from the key",
        arguments: [
            (
                [("iothub-connection-device-id", "d"), ("iothub-connection-module-id", "m")], "other",
                #""deviceId":"d","moduleId":"m""#
            ),
            ([("iothub-connection-device-id", "d")], "other", #""deviceId":"d","systemProperties""#),
            ([], "d/m", #""deviceId":"d","moduleId":"m""#), ([], "d", #""deviceId":"d","systemProperties""#),
            ([], "not an id", #"Z","systemProperties""#), ([], nil, #"Z","systemProperties""#),
        ] as [([(String, String)], String?, String)]
    )
    func identity(headers: [(String, String)], key: String?, expected: String) async throws {
        let line = try await Self.line(
            NewRecord(
                key: key.map { Array($0.utf8) },
                value: [],
                headers: headers.map { RecordHeader(name: $0.0, value: Array($0.1.utf8)) }
            )
        )
        #expect(line.contains(expected), "\(line)")
    }

    @Test("of a name given twice the last one counts, in small bags and in large ones", arguments: [2, 40])
    func repeatedName(count: Int) async throws {
        let headers = (0..<count).map { RecordHeader(name: "n\($0 % (count / 2))", value: Array("\($0)".utf8)) }
        let line = try await Self.line(NewRecord(key: nil, value: [], headers: headers))
        let members = (count / 2..<count).map { "\"n\($0 - count / 2)\":\"\($0)\"" }.joined(separator: ",")
        #expect(line.contains("\"applicationProperties\":{\(members)}"), "\(line)")
    }

    @Test("a device's property cannot pass for one of the hub")
    func escapedName() async throws {
        let headers = [
            RecordHeader(name: "message-id", value: Array("real".utf8)),
            RecordHeader(name: "$app.message-id", value: Array("mine".utf8)),
            RecordHeader(name: "bytes", value: [0xFF]),
        ]
        let line = try await Self.line(NewRecord(key: nil, value: [], headers: headers))
        #expect(line.contains(#""systemProperties":{"message-id":"real"}"#), "\(line)")
        #expect(line.contains("\"applicationProperties\":{\"message-id\":\"mine\",\"bytes\":\"\u{FFFD}\"}"), "\(line)")
    }
}
