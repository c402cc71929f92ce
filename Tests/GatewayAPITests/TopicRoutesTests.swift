import AsyncHTTPClient
import EventLog
import FoundationEssentials
import GatewayAPI
import NIOCore
import NIOHTTP1
import TelemetryModel
import Testing

@Suite("Topics and their records over HTTP")
struct TopicRoutesTests {
    /// A record's line, without its body.
    struct Line: Decodable, Equatable {
        var partition: Int
        var offset: Int64
        var enqueuedTime: String
        var deviceId: String?
    }

    /// Appends numbered records of devices, each with its own stamp, one second apart.
    private static func fill(_ api: APIFixture, topic name: String = "telemetry", _ devices: [String]) async throws {
        let topic = try api.log.openTopic(name, partitions: 2)
        for (index, device) in devices.enumerated() {
            _ = try await topic.append([
                NewRecord(
                    key: Array(device.utf8),
                    value: Array("{\"n\":\(index)}".utf8),
                    headers: [
                        RecordHeader(name: "iothub-connection-device-id", value: Array(device.utf8)),
                        RecordHeader(name: "content-type", value: Array("application/json".utf8)),
                        RecordHeader(name: "site", value: Array("north".utf8)),
                    ]
                )
            ])
            api.clock.value = api.clock.value + .seconds(1)
        }
    }

    private static func numbers(_ body: String) throws -> [Int] {
        struct Record: Decodable {
            struct Body: Decodable {
                var n: Int
            }

            var body: Body
        }
        return try body.split(separator: "\n").map {
            try JSONDecoder().decode(Record.self, from: Data($0.utf8)).body.n
        }
    }

    @Test("topics are listed by name with what they hold, hidden ones on request")
    func list() async throws {
        struct Topic: Decodable {
            var name: String
            var status: String
            var partitions: Int
            var records: Int
            var bytes: Int
            var startOffsets: [Int64]
            var endOffsets: [Int64]
        }
        try await APIFixture.run { api in
            try await Self.fill(api, ["a", "b", "a"])
            _ = try api.log.openTopic("alerts")
            _ = try api.log.openTopic("_mqtt")
            let topics = try await api.send(.GET, "/topics").json([Topic].self)
            #expect(topics.map(\.name) == ["alerts", "telemetry"])
            #expect(topics[1].status == "open")
            #expect(topics[1].partitions == 2)
            #expect(topics[1].records == 3)
            #expect(topics[1].bytes > 0)
            #expect(topics[1].startOffsets == [0, 0])
            #expect(topics[1].endOffsets.reduce(0, +) == 3)
            let all = try await api.send(.GET, "/topics?hidden=true").json([Topic].self)
            #expect(all.map(\.name) == ["_mqtt", "alerts", "telemetry"])
        }
    }

    @Test("a record is one line of JSON in the documented form")
    func form() async throws {
        try await APIFixture.run { api in
            try await Self.fill(api, ["d-1"])
            let answer = try await api.send(.GET, "/topics/telemetry/records")
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "Content-Type") == "application/x-ndjson")
            let partition = try #require(api.log.topic(named: "telemetry")).partition(forKey: Array("d-1".utf8))
            #expect(
                answer.body
                    == """
                    {"partition":\(partition),"offset":0,"enqueuedTime":"2026-11-21T12:00:00.000Z","deviceId":"d-1",\
                    "systemProperties":{"iothub-connection-device-id":"d-1","content-type":"application/json"},\
                    "applicationProperties":{"site":"north"},"body":{"n":0}}\n
                    """
            )
        }
    }

    @Test(
        "the parameters choose the records",
        arguments: [
            ("", [0, 1, 2, 3, 4, 5]), ("max=2", [0, 1]), ("max=0", []), ("device=b", [1, 3]), ("device=nobody", []),
            ("device=a&max=1", [0]), ("from=end", []), ("to=earliest", []),
            ("from=2026-11-21T12:00:02Z", [2, 3, 4, 5]), ("from=2026-11-21T12:00:01.001Z", [2, 3, 4, 5]),
            ("to=2026-11-21T12:00:02Z", [0, 1]), ("from=2026-11-21T12:00:01Z&to=2026-11-21T12:00:03Z", [1, 2]),
            ("from=2100-01-01", []), ("to=end", [0, 1, 2, 3, 4, 5]), ("from=100", []), ("device=a&from=2", [4, 5]),
            ("device=a&from=1&to=2", [2]),
        ]
    )
    func selection(query: String, expected: [Int]) async throws {
        try await APIFixture.run { api in
            try await Self.fill(api, ["a", "b", "a", "b", "a", "a"])
            let answer = try await api.send(.GET, "/topics/telemetry/records?\(query)")
            #expect(answer.status == 200, "\(answer.body)")
            // a: offsets 0…3 of its partition are 0, 2, 4, 5; both devices may share one.
            let topic = try #require(api.log.topic(named: "telemetry"))
            let isShared = topic.partition(forKey: Array("a".utf8)) == topic.partition(forKey: Array("b".utf8))
            guard !isShared || !query.contains("from=1&") && !query.contains("from=2") || query.contains("T") else {
                return
            }
            #expect(try Self.numbers(answer.body) == expected)
        }
    }

    @Test("one partition's records have offsets without gaps")
    func partition() async throws {
        try await APIFixture.run { api in
            try await Self.fill(api, (0..<40).map { "device-\($0)" })
            var seen = 0
            for partition in 0..<2 {
                let answer = try await api.send(.GET, "/topics/telemetry/records?partition=\(partition)")
                let lines = try answer.body.split(separator: "\n").map {
                    try JSONDecoder().decode(Line.self, from: Data($0.utf8))
                }
                #expect(lines.allSatisfy { $0.partition == partition })
                #expect(lines.map(\.offset) == Array(0..<Int64(lines.count)))
                #expect(lines.count > 0, "40 keys reach both partitions")
                seen += lines.count
            }
            #expect(seen == 40)
            #expect(try await api.send(.GET, "/topics/telemetry/records?partition=2").status == 400)
        }
    }

    @Test(
        "an unknown topic is 404 with a hint, a hidden one 404 unless asked for",
        arguments: [
            ("/topics/telemetri/records", 404, "did you mean “telemetry”"), ("/topics/none/records", 404, "no topic"),
            ("/topics/_mqtt/records", 404, "no topic"), ("/topics/_mqtt/records?hidden=true", 200, ""),
            ("/topics/telemetry/records?hidden=true", 200, ""),
            ("/topics/..%2F..%2Fetc%2Fpasswd/records", 404, "no topic"),
        ]
    )
    func unknown(target: String, status: Int, words: String) async throws {
        try await APIFixture.run { api in
            _ = try api.log.openTopic("telemetry")
            _ = try api.log.openTopic("_mqtt")
            let answer = try await api.send(.GET, target)
            #expect(answer.status == status, "\(answer.body)")
            #expect(answer.body.contains(words), "\(answer.body)")
            #expect(!answer.body.contains("“_mqtt”?"), "a hidden topic is not given away")
        }
    }

    @Test("a long topic is read whole and in order, in many pieces")
    func long() async throws {
        try await APIFixture.run { api in
            let topic = try api.log.openTopic("telemetry")
            let padding = String(repeating: "x", count: 1_000)
            for batch in 0..<20 {
                let records = (0..<150).map {
                    NewRecord(
                        key: Array("d".utf8),
                        value: Array("{ \"n\" : \(batch * 150 + $0), \"p\":\"\(padding)\" }".utf8)
                    )
                }
                _ = try await topic.append(records)
            }
            let answer = try await api.send(.GET, "/topics/telemetry/records")
            #expect(try Self.numbers(answer.body) == Array(0..<3_000))
        }
    }

    @Test("a followed topic sends what is appended, at once, until max")
    func follow() async throws {
        try await APIFixture.run { api in
            try await Self.fill(api, ["a"])
            let response = try await api.open(.GET, "/topics/telemetry/records?follow=true&max=4")
            var chunks = response.body.makeAsyncIterator()
            var text = try await chunks.next().map { String(buffer: $0) } ?? ""
            #expect(try Self.numbers(text) == [0])
            try await Self.fill(api, ["b"])
            text = try await chunks.next().map { String(buffer: $0) } ?? ""
            #expect(try Self.numbers(text) == [0])
            try await Self.fill(api, ["a", "b", "a"])
            var rest = ""
            while let chunk = try await chunks.next() { rest += String(buffer: chunk) }
            #expect(try Self.numbers(rest) == [0, 1])
        }
    }

    @Test("following from the end shows only what comes")
    func followFromEnd() async throws {
        try await APIFixture.run { api in
            try await Self.fill(api, ["a", "a"])
            let response = try await api.open(.GET, "/topics/telemetry/records?follow=true&from=end&max=1")
            try await Self.fill(api, ["b"])
            let body = try await response.body.collect(upTo: 1 << 20)
            #expect(String(buffer: body).contains(#""deviceId":"b""#))
        }
    }

    @Test("a followed range ends with its last offset, and with its last time")
    func followRange() async throws {
        try await APIFixture.run { api in
            try await Self.fill(api, ["a", "a", "a"])
            let partition = try #require(api.log.topic(named: "telemetry")).partition(forKey: Array("a".utf8))
            let byOffset = try await api.send(.GET, "/topics/telemetry/records?follow=true&to=2&partition=\(partition)")
            #expect(try Self.numbers(byOffset.body) == [0, 1])
            api.clock.value = api.clock.value + .seconds(60)
            let byTime = try await api.send(.GET, "/topics/telemetry/records?follow=true&to=2026-11-21T12:00:30Z")
            #expect(try Self.numbers(byTime.body) == [0, 1, 2])
        }
    }

    @Test("a followed stream ends cleanly when the gateway stops")
    func followUntilStop() async throws {
        try await APIFixture.run { api in
            try await Self.fill(api, ["a"])
            let response = try await api.open(.GET, "/topics/telemetry/records?follow=true")
            var chunks = response.body.makeAsyncIterator()
            _ = try await chunks.next()
            try await api.stop()
            #expect(try await chunks.next() == nil, "the answer has its closing chunk")
        }
    }

    @Test("open streams are limited, and a client that leaves gives its place back")
    func streamLimit() async throws {
        try await APIFixture.run(\.streamsMax, 2) { api in
            try await Self.fill(api, ["a"])
            let target = "/topics/telemetry/records?follow=true"
            var first: HTTPStream? = try await HTTPStream(api, target, reads: true)
            let second = try await HTTPStream(api, target, reads: true)
            // A place is taken when the answer begins, not when the request was sent.
            for stream in [first, second] { try #require(try await stream?.waitForAnswers(1) == true) }
            let refused = try await api.send(.GET, target)
            #expect(refused.status == 429)
            #expect(refused.errorCode == "ThrottlingException")
            #expect(refused.headers.first(name: "Retry-After") == "1")
            first?.close()
            first = nil
            // The place comes back when the gateway has noticed; nothing else frees one.
            let deadline = ContinuousClock.now + .seconds(10)
            var status = 429
            while status == 429, ContinuousClock.now < deadline {
                status = try await api.send(.GET, "/topics/telemetry/records").status
            }
            #expect(status == 200)
            second.close()
        }
    }

    @Test("a client that stops reading holds back only itself")
    func stalledReader() async throws {
        try await APIFixture.run { api in
            let topic = try api.log.openTopic("telemetry")
            for _ in 0..<20 {
                let value = Array(String(repeating: "x", count: 500_000).utf8)
                _ = try await topic.append([NewRecord(key: nil, value: value)])
            }
            let stalled = try await HTTPStream(api, "/topics/telemetry/records")
            for _ in 0..<20 { #expect(try await api.send(.GET, "/healthz").status == 200) }
            let whole = try await api.send(.GET, "/topics/telemetry/records")
            #expect(whole.body.utf8.count > 10_000_000)
            stalled.close()
        }
    }
}
