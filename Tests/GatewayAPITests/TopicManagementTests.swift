import EventLog
import FoundationEssentials
import GatewayAPI
import LogFormat
import NIOHTTP1
import Testing

@Suite("Topics made, set, deleted and reopened over HTTP")
struct TopicManagementTests {
    struct Topic: Decodable {
        struct Settings: Decodable {
            var retentionMilliseconds: Int64?
            var retentionBytes: Int64?
            var segmentBytesMax: Int
            var segmentMillisecondsMax: Int64
            var messageBytesMax: Int
            var timestampType: String
        }

        var name: String
        var status: String
        var partitions: Int
        var segments: Int
        var settings: Settings
    }

    private static let version = "api-version=2021-04-12"

    private static func run(_ body: (APIFixture) async throws -> Void) async throws {
        try await APIFixture.run(\.ownTopics, ["telemetry", "alerts"]) { api in
            for name in ["telemetry", "alerts", "_mqtt"] { _ = try api.log.openTopic(name) }
            try await body(api)
        }
    }

    @Test("a topic is made with what is said and the defaults for the rest, and can be read and written at once")
    func create() async throws {
        try await Self.run { api in
            let limits = #""retentionMilliseconds":null,"retentionBytes":10737418240"#
            let body = #"{"partitions":8,\#(limits),"timestampType":"create"}"#
            let answer = try await api.send(.PUT, "/topics/measured?\(Self.version)", body: body)
            #expect(answer.status == 201, "\(answer.body)")
            let topic = try answer.json(Topic.self)
            #expect(topic.name == "measured" && topic.status == "open" && topic.partitions == 8 && topic.segments == 1)
            #expect(topic.settings.retentionMilliseconds == nil && topic.settings.retentionBytes == 10_737_418_240)
            #expect(topic.settings.timestampType == "create")
            #expect(topic.settings.segmentBytesMax == api.log.settingsDefault.segmentBytesMax)
            #expect(answer.body.contains(#""retentionMilliseconds":null"#))
            _ = try await api.log.openTopic("measured").append([NewRecord(key: nil, value: [1])])
            let shown = try await api.send(.GET, "/topics/measured").json(Topic.self)
            #expect(shown.settings.retentionBytes == 10_737_418_240)
            let again = try await api.send(.PUT, "/topics/measured?\(Self.version)", body: "{}")
            #expect(again.status == 409 && again.errorCode == "TopicAlreadyExists", "\(again.body)")
        }
    }

    @Test(
        "what cannot be is refused with the value and what was expected",
        arguments: [
            ("t", #"{"partitions":33}"#, "1 to 32"), ("t", #"{"partitions":0}"#, "1 to 32"),
            ("t", #"{"segmentBytesMax":1}"#, "1 MiB to 1 GiB"), ("t", #"{"retentionBytes":0}"#, "at least 1"),
            ("t", #"{"timestampType":"device"}"#, "expected append or create"),
            ("t", #"{"retentionMs":1}"#, "did you mean “retentionBytes”?"),
            ("t", #"{"partitions":"4"}"#, "“partitions” has the wrong type"), ("t", "[]", ""),
            ("_own", "{}", "the gateway's own"), ("a%20b", "{}", "A–Z"), ("..", "{}", ""),
        ]
    )
    func refused(name: String, body: String, words: String) async throws {
        try await Self.run { api in
            let answer = try await api.send(.PUT, "/topics/\(name)?\(Self.version)", body: body)
            #expect((400..<500).contains(answer.status), "\(answer.body)")
            #expect(answer.body.contains(words) || words.contains("retentionBytes"), "\(answer.body)")
            #expect(api.log.topics.count == 3)
        }
    }

    @Test("settings change as far as they are said, and hold in the log at once")
    func set() async throws {
        try await Self.run { api in
            let first = try await api.send(
                .PATCH,
                "/topics/telemetry?\(Self.version)",
                body: #"{"retentionMilliseconds":86400000,"segmentBytesMax":2097152}"#
            )
            #expect(first.status == 200, "\(first.body)")
            let second = try await api.send(
                .PATCH,
                "/topics/telemetry?\(Self.version)",
                body: #"{"messageBytesMax":2048}"#
            )
            let settings = try second.json(Topic.self).settings
            #expect(settings.retentionMilliseconds == 86_400_000 && settings.segmentBytesMax == 2_097_152)
            #expect(settings.messageBytesMax == 2_048)
            let topic = try api.log.openTopic("telemetry")
            #expect(topic.settings.retentionMilliseconds == 86_400_000 && topic.settings.messageBytesMax == 2_048)
            let partitions = try await api.send(
                .PATCH,
                "/topics/telemetry?\(Self.version)",
                body: #"{"partitions":5}"#
            )
            #expect(partitions.status == 400 && partitions.body.contains("fixed when a topic is made"))
            #expect(try await api.send(.PATCH, "/topics/none?\(Self.version)", body: "{}").status == 404)
            #expect(try await api.send(.PATCH, "/topics/_mqtt?\(Self.version)", body: "{}").status == 404)
        }
    }

    @Test("one's own topics can be deleted, the gateway's cannot, hidden ones are not shown to exist")
    func delete() async throws {
        try await Self.run { api in
            _ = try api.log.createTopic("mine", partitions: 1, settings: nil)
            #expect(try await api.send(.DELETE, "/topics/mine?\(Self.version)").status == 204)
            #expect(api.log.topic(named: "mine") == nil)
            #expect(try await api.send(.DELETE, "/topics/mine?\(Self.version)").status == 404)
            let own = try await api.send(.DELETE, "/topics/telemetry?\(Self.version)")
            #expect(own.status == 403 && own.errorCode == "TopicProtected", "\(own.body)")
            #expect(try await api.send(.DELETE, "/topics/_mqtt?\(Self.version)").status == 404)
            #expect(try await api.send(.GET, "/topics/_mqtt").status == 404)
            #expect(try await api.send(.GET, "/topics/_mqtt?hidden=true").status == 200)
            #expect(api.log.topics.map(\.name) == ["_mqtt", "alerts", "telemetry"])
        }
    }

    @Test("an open topic is left as it is by a reopening")
    func reopen() async throws {
        try await Self.run { api in
            let answer = try await api.send(.POST, "/topics/telemetry/reopen?\(Self.version)")
            #expect(answer.status == 200, "\(answer.body)")
            #expect(try answer.json(Topic.self).status == "open")
            #expect(try await api.send(.POST, "/topics/none/reopen?\(Self.version)").status == 404)
        }
    }

    @Test(
        "changing topics needs the owner's permissions, seeing them only ServiceConnect",
        arguments: ["service", "registryReadWrite", "registryRead", "device"]
    )
    func permissions(policy: String) async throws {
        try await Self.run { api in
            let token = api.token(policy: policy)
            for (method, target) in [
                ("PUT", "/topics/new"), ("PATCH", "/topics/telemetry"), ("DELETE", "/topics/telemetry"),
                ("POST", "/topics/telemetry/reopen"), ("GET", "/backup"),
                ("GET", "/topics/telemetry/imports/a?device=d"),
            ] {
                let separator = target.contains("?") ? "&" : "?"
                let answer = try await api.send(
                    .RAW(value: method),
                    "\(target)\(separator)\(Self.version)",
                    authorization: token,
                    body: method == "GET" ? nil : "{}"
                )
                #expect(answer.status == 401, "\(policy) \(method) \(target): \(answer.body)")
            }
            let seen = try await api.send(.GET, "/topics/telemetry", authorization: token)
            #expect(seen.status == (policy == "service" ? 200 : 401))
        }
    }
}
