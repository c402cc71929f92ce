import EventLog
import FoundationEssentials
import GatewayAPI
import HubProtocol
import LogFormat
import NIOCore
import NIOHTTP1
import TelemetryModel
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

    @Test("_imports is bounded, and the last imports are known whatever went before them")
    func bounded() async throws {
        try await Self.run { api in
            // One that a version before has left.
            let journal = try api.log.openTopic("_imports", partitions: 1)
            #expect(journal.settings.retentionBytes == nil)
            _ = try await api.send(.POST, Self.target("early"), body: Self.lines(0..<3))
            #expect(journal.settings.retentionBytes == 8_388_608)
            let note = NewRecord(key: [1], value: Array(repeating: 2, count: 512 << 10))
            for _ in 0..<48 { _ = try await journal.append([note]) }
            _ = try await api.send(.POST, Self.target("late"), body: Self.lines(0..<3))
            api.log.applyRetention(now: APIFixture.noon)
            #expect((8 << 20...12 << 20).contains(Int(journal.storedBytes)), "\(journal.storedBytes)")
            try await api.withAnotherAPI { second in
                let late = try await second.send(.GET, Self.target("late")).json(Progress.self)
                let early = try await second.send(.GET, Self.target("early")).json(Progress.self)
                #expect((late.next, early.next) == (3, 0))
            }
        }
    }

    @Test("what a device says in a property weir-import does not hold up its import")
    func forged() async throws {
        try await Self.run { api in
            _ = try await api.send(.POST, Self.target(), body: Self.lines(0..<1))
            var headers = EncodedHeaders()
            headers.append(name: PropertyBag.storedName(ofApplication: "weir-import"), value: "5f1c9a02/4711")
            let topic = try api.log.openTopic("telemetry")
            let device = try #require(IdentityID(device: "pump-7"))
            let template = RecordTemplate(device: device, partition: topic.partition(forKey: "pump-7".utf8))
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let appender = topic.makeAppender { _ in continuation.resume() }
                appender.stage(template, value: ByteBuffer(string: "{}"), properties: headers)
                _ = appender.submit()
            }
            try await api.withAnotherAPI { second in
                let progress = try await second.send(.GET, Self.target()).json(Progress.self)
                #expect(progress.next == 1)
            }
            let records = try await api.send(.GET, "/topics/telemetry/records").body
            #expect(records.contains(#""applicationProperties":{"weir-import":"5f1c9a02/4711"}"#), "\(records)")
        }
    }

    @Test("a topic that was deleted and made anew has nothing of an import, whatever else was put into it")
    func anotherTopic() async throws {
        try await Self.run { api in
            for round in 0..<2 {
                let topic = try api.log.createTopic("mine", partitions: 1, settings: nil)
                if round == 1 {
                    // As many records of others as the note's offset says.
                    for _ in 0..<30 { _ = try await topic.append([NewRecord(key: [1], value: [2])]) }
                }
                try await api.withAnotherAPI { second in
                    let target = Self.target(topic: "mine")
                    #expect(try await second.send(.GET, target).json(Progress.self).next == 0)
                    for start in stride(from: 0, to: 40, by: 10) {
                        _ = try await second.send(.POST, target, body: Self.lines(start..<(start + 10)))
                    }
                    #expect(try await second.send(.GET, target).json(Progress.self).next == 40)
                }
                #expect(topic.recordCount == (round == 0 ? 40 : 70))
                if round == 0 { try api.log.deleteTopic("mine") }
            }
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
