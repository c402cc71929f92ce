import EventLog
import FoundationEssentials
import NIOHTTP1
import TelemetryModel
import Testing

@Suite("The streams' SQL over HTTP")
struct StreamQueryRoutesTests {
    private static func fill(_ api: APIFixture, count: Int) async throws {
        let topic = try api.log.openTopic("telemetry", partitions: 2)
        for number in 0..<count {
            let body = #"{"n":\#(number),"ts":"\#(api.clock.value)"}"#
            _ = try await topic.append([NewRecord(key: Array("d\(number % 2)".utf8), value: Array(body.utf8))])
            api.clock.value = api.clock.value + .seconds(1)
        }
    }

    private static func body(_ query: String, from: Timestamp? = nil, to: Timestamp? = nil) -> String {
        let members = [from.map { #","from":"\#($0)""# }, to.map { #","to":"\#($0)""# }].compactMap { $0 }.joined()
        return #"{"query":"\#(query)"\#(members)}"#
    }

    @Test("results come as lines with the records that made them, and a summary ends them")
    func results() async throws {
        try await APIFixture.run { api in
            let start = api.clock.value
            try await Self.fill(api, count: 20)
            let answer = try await api.send(
                .POST,
                "/streams/query",
                body: Self.body(
                    "SELECT n FROM telemetry WHERE n > 3",
                    from: start + .seconds(2),
                    to: start + .seconds(10)
                )
            )
            #expect(answer.status == 200)
            let lines = answer.body.split(separator: "\n")
            #expect(lines.count == 7)
            #expect(lines.first?.contains(#""result":{"n":4},"records":[{"topic":"telemetry""#) == true)
            let summary = #"{"summary":{"records":8,"results":6,"deadLetters":0,"unreadable":0}}"#
            #expect(lines.last.map(String.init) == summary)
        }
    }

    @Test("a window says when it began, and what could not take part says why")
    func windows() async throws {
        try await APIFixture.run { api in
            try await Self.fill(api, count: 5)
            let topic = try api.log.openTopic("telemetry")
            _ = try await topic.append([NewRecord(key: Array("d0".utf8), value: Array("{".utf8))])
            let query = "SELECT COUNT(*) AS n FROM telemetry GROUP BY TumblingWindow(day, 2)"
            let answer = try await api.send(.POST, "/streams/query", body: Self.body(query))
            #expect(answer.body.contains(#""windowStart":""#) && answer.body.contains(#""result":{"n":5}"#))
            #expect(answer.body.contains(#"{"deadLetter":"notJSON","reason":"not JSON"#))
        }
    }

    @Test("a plan is told as a text")
    func explain() async throws {
        try await APIFixture.run { api in
            _ = try api.log.openTopic("telemetry")
            let answer = try await api.send(.POST, "/streams/query/explain", body: Self.body("SELECT n FROM telemetry"))
            #expect(answer.status == 200)
            #expect(answer.body.hasPrefix(#"{"plan":"query"#) && answer.body.contains("telemetry"))
        }
    }

    @Test(
        "what cannot be run is refused with its place and what to do",
        arguments: [
            (#"{"query":"SELECT n FORM telemetry"}"#, "line 1, column 15"),
            (#"{"query":"SELECT n FROM telemetri"}"#, "Write telemetry"),
            (#"{"query":"SELECT n FROM telemetry","from":"yesterday"}"#, "expected a time such as"),
            (#"{"query":7}"#, "no text in “query”"),
            (#"[]"#, "not a JSON object"),
        ]
    )
    func refused(body: String, words: String) async throws {
        try await APIFixture.run { api in
            _ = try api.log.openTopic("telemetry")
            for path in ["/streams/query", "/streams/query/explain"]
            where path == "/streams/query" || !body.contains("from") {
                let answer = try await api.send(.POST, path, body: body)
                #expect(answer.status == 400 && answer.body.contains(words), "\(path): \(answer.body)")
            }
        }
    }

    @Test("the gateway's own topics are not read")
    func hidden() async throws {
        try await APIFixture.run { api in
            _ = try api.log.openTopic("_mqtt")
            let answer = try await api.send(.POST, "/streams/query", body: Self.body("SELECT * FROM _mqtt"))
            #expect(answer.status == 400)
        }
    }
}
