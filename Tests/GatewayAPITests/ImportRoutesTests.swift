import EventLog
import FoundationEssentials
import GatewayAPI
import NIOHTTP1
import Testing

@Suite("Imports over HTTP")
struct ImportRoutesTests {
    struct Progress: Decodable, Equatable {
        var stored: Int
        var next: Int64
    }

    private static func target(
        _ id: String = "5f1c9a02",
        topic: String = "telemetry",
        device: String = "pump-7"
    ) -> String {
        "/topics/\(topic)/imports/\(id)?device=\(device)&api-version=2021-04-12"
    }

    private static func lines(_ numbers: Range<Int>) -> String {
        numbers.map { "\($0)\t2026-11-21T04:33:00.123Z\t{\"n\":\($0)}\n" }.joined()
    }

    private static func run(_ body: (APIFixture) async throws -> Void) async throws {
        try await APIFixture.run(\.ownTopics, ["telemetry", "alerts"]) { api in
            _ = try api.log.openTopic("telemetry", partitions: 4)
            _ = try api.log.openTopic("alerts", partitions: 1)
            try await body(api)
        }
    }

    @Test("readings become records of the device with their times, marked as history, once however often they are sent")
    func store() async throws {
        try await Self.run { api in
            #expect(try await api.send(.GET, Self.target()).json(Progress.self) == Progress(stored: 0, next: 0))
            let first = try await api.send(.POST, Self.target(), body: Self.lines(0..<3)).json(Progress.self)
            #expect(first == Progress(stored: 3, next: 3))
            let second = try await api.send(.POST, Self.target(), body: Self.lines(1..<5)).json(Progress.self)
            #expect(second == Progress(stored: 2, next: 5))
            #expect(try await api.send(.GET, Self.target()).json(Progress.self).next == 5)
            let records = try await api.send(.GET, "/topics/telemetry/records").body.split(separator: "\n")
            #expect(records.count == 5)
            for (index, record) in records.enumerated() {
                #expect(record.hasSuffix(#""body":{"n":\#(index)}}"#))
                for part in [
                    #""deviceId":"pump-7""#, #""iothub-creation-time-utc":"2026-11-21T04:33:00.123Z""#,
                    #""weir-historical":"true""#, #""weir-import":"5f1c9a02/\#(index)""#, #""iothub-enqueuedtime":"20"#,
                ] {
                    #expect(record.contains(part), "\(record)")
                }
            }
            // Another import, and the same for another device, are others.
            #expect(try await api.send(.GET, Self.target("other")).json(Progress.self).next == 0)
            #expect(try await api.send(.GET, Self.target(device: "pump-8")).json(Progress.self).next == 0)
        }
    }

    @Test("a gateway that was started anew knows from the log how far an import came")
    func restart() async throws {
        try await Self.run { api in
            _ = try await api.send(.POST, Self.target(), body: Self.lines(0..<10))
            _ = try await api.send(.POST, Self.target("other"), body: Self.lines(0..<3))
            try await api.withAnotherAPI { second in
                #expect(try await second.send(.GET, Self.target()).json(Progress.self).next == 10)
                let answer = try await second.send(.POST, Self.target(), body: Self.lines(5..<12)).json(Progress.self)
                #expect(answer == Progress(stored: 2, next: 12))
            }
            #expect(try api.log.openTopic("telemetry").recordCount == 15)
        }
    }

    @Test(
        "what is not a reading is refused with its line, and nothing of the request is stored",
        arguments: [
            ("0\tnow\t{}\n", "line 1: expected number, tab, time, tab, JSON"),
            ("x\t2026-11-21T04:33:00Z\t{}\n", "line 1"),
            ("0\t2026-11-21T04:33:00Z\t{}\n0\t2026-11-21T04:33:00Z\t{}\n", "line 2: number 0 after 0"),
            ("0\t2026-11-21T04:33:00Z\t{\n", "line 1: the body is not JSON"), ("0\t2026-11-21T04:33:00Z\n", "line 1"),
            ("-1\t2026-11-21T04:33:00Z\t{}\n", "line 1"),
        ]
    )
    func malformed(body: String, words: String) async throws {
        try await Self.run { api in
            let answer = try await api.send(.POST, Self.target(), body: body)
            #expect(answer.status == 400 && answer.body.contains(words), "\(answer.body)")
            #expect(try api.log.openTopic("telemetry").recordCount == 0)
        }
    }

    @Test("topics that only the gateway writes, unknown ones and names that are none are refused")
    func targets() async throws {
        try await Self.run { api in
            let own = try await api.send(.POST, Self.target(topic: "alerts"), body: Self.lines(0..<1))
            #expect(own.status == 403 && own.errorCode == "TopicProtected", "\(own.body)")
            #expect(try await api.send(.POST, Self.target(topic: "none"), body: "").status == 404)
            #expect(try await api.send(.POST, Self.target(topic: "_mqtt"), body: "").status == 404)
            #expect(try await api.send(.GET, Self.target("a_b")).status == 400)
            #expect(try await api.send(.GET, Self.target(String(repeating: "a", count: 65))).status == 400)
            #expect(try await api.send(.GET, Self.target(device: "a%20b")).status == 400)
            #expect(try await api.send(.GET, "/topics/telemetry/imports/a?api-version=2021-04-12").status == 400)
        }
    }
}
