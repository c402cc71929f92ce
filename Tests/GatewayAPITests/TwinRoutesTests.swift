import DeviceHub
import HubProtocol
import NIOHTTP1
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("Twins over HTTP, contract iothub-rest section 3")
struct TwinRoutesTests {
    private static let version = "api-version=2021-04-12"

    private static func target(_ path: String, _ more: String = "") -> String { "/twins/\(path)?\(version)\(more)" }

    private static func make(_ api: APIFixture, _ id: String) async throws {
        let answer = try await api.send(.PUT, "/devices/\(id)?\(version)", body: #"{"deviceId":"\#(id)"}"#)
        try #require(answer.status == 200)
    }

    private static func object(_ answer: APIFixture.Answer) throws -> JSONObject {
        try #require(try JSONValue(parsing: answer.body).object)
    }

    @Test("a new device has a twin; what is read of it has its etag in the header too")
    func new() async throws {
        try await APIFixture.run { api in
            try await Self.make(api, "dev1")
            let answer = try await api.send(.GET, Self.target("dev1"))
            #expect(answer.status == 200)
            let twin = try Self.object(answer)
            #expect(twin["deviceId"]?.string == "dev1")
            #expect(answer.headers.first(name: "ETag") == "\"\(twin["etag"]?.string ?? "none")\"")
            #expect(twin["properties"]?.object?["desired"]?.object?["$version"]?.integer == 1)
        }
    }

    @Test("a patch merges, a replacement replaces, and both answer the whole twin")
    func writes() async throws {
        try await APIFixture.run { api in
            try await Self.make(api, "dev1")
            let patched = try await api.send(
                .PATCH,
                Self.target("dev1"),
                headers: ["If-Match": "\"*\""],
                body: #"{"tags":{"site":"a"},"properties":{"desired":{"x":{"y":1},"z":null}}}"#
            )
            #expect(patched.status == 200, "\(patched.body)")
            let desired = try Self.object(patched)["properties"]?.object?["desired"]?.object
            #expect(desired?["x"] == .object(["y": .integer(1)]))
            #expect(desired?["z"] == nil)
            #expect(desired?["$version"]?.integer == 2)
            let replaced = try await api.send(
                .PUT,
                Self.target("dev1"),
                headers: ["If-Match": "*"],
                body: #"{"tags":{"floor":2}}"#
            )
            #expect(try Self.object(replaced)["tags"] == .object(["floor": .integer(2)]))
        }
    }

    /// An If-Match header and what comes of it; E stands for the etag.
    @Test(
        "If-Match: quotes and W/ are taken off, * is any, another etag is 412",
        arguments: [
            (nil, 200), ("*", 200), ("\"*\"", 200), ("E", 200), ("\"E\"", 200), ("W/\"E\"", 200), ("\"old\"", 412),
            ("old", 412), ("", 412),
        ] as [(String?, Int)]
    )
    func conditions(header: String?, status: Int) async throws {
        try await APIFixture.run { api in
            try await Self.make(api, "dev1")
            let etag = try #require(try Self.object(try await api.send(.GET, Self.target("dev1")))["etag"]?.string)
            var headers = HTTPHeaders()
            if let header { headers.add(name: "If-Match", value: header.replacing("E", with: etag)) }
            let answer = try await api.send(
                .PATCH,
                Self.target("dev1"),
                headers: headers,
                body: #"{"tags":{"a":1}}"#
            )
            #expect(answer.status == status, "\(answer.body)")
            if status == 412 { #expect(answer.errorCode == "PreconditionFailed") }
        }
    }

    @Test(
        "what no twin takes is refused with words about it",
        arguments: [
            ("dev1", "{", 400, "ArgumentInvalid"), ("dev1", "[]", 400, "ArgumentInvalid"),
            ("dev1", #"{"tags":7}"#, 400, "ArgumentInvalid"), ("dev1", #"{"tags":{"a.b":1}}"#, 400, "ArgumentInvalid"),
            ("dev1", #"{"properties":{"desired":{"n":9223372036854775808}}}"#, 400, "ArgumentInvalid"),
            ("nobody", #"{"tags":{}}"#, 404, "DeviceNotFound"),
            ("dev1/modules/m", #"{"tags":{}}"#, 404, "ModuleNotFound"),
        ]
    )
    func refusals(path: String, body: String, status: Int, code: String) async throws {
        try await APIFixture.run { api in
            try await Self.make(api, "dev1")
            let answer = try await api.send(.PATCH, Self.target(path), body: body)
            #expect(answer.status == status, "\(answer.body)")
            #expect(answer.errorCode == code)
        }
    }

    @Test("a connected device is told its desired properties, and a module has a twin of its own")
    func notifications() async throws {
        try await APIFixture.run { api in
            try await Self.make(api, "dev1")
            let module = #"{"deviceId":"dev1","moduleId":"m"}"#
            #expect(try await api.send(.PUT, "/devices/dev1/modules/m?\(Self.version)", body: module).status == 200)
            let device = AnsweringDevice(try #require(IdentityID(device: "dev1")), on: api.hub)
            let body = #"{"properties":{"desired":{"a":1,"b":null}}}"#
            let answer = try await api.send(.PATCH, Self.target("dev1"), body: body)
            #expect(try Self.object(answer)["connectionState"]?.string == "Connected")
            #expect(device.received == [##"$iothub/twin/PATCH/properties/desired/ {"a":1,"b":null,"$version":2}"##])
            let own = try Self.object(try await api.send(.GET, Self.target("dev1/modules/m")))
            #expect(own["moduleId"]?.string == "m")
            #expect(own["properties"]?.object?["desired"]?.object?["$version"]?.integer == 1)
        }
    }

    @Test("a twin can be read as it was, and its history tells who changed what")
    func history() async throws {
        try await APIFixture.runWithHubTopics { api in
            try await Self.make(api, "dev1")
            try await Self.make(api, "dev2")
            for (site, id) in [("a", "dev1"), ("x", "dev2"), ("b", "dev1")] {
                api.clock.value = api.clock.value + .seconds(60)
                let answer = try await api.send(
                    .PATCH,
                    Self.target(id),
                    authorization: api.token(policy: "service"),
                    body: #"{"tags":{"site":"\#(site)"}}"#
                )
                #expect(answer.status == 200)
            }
            let then = try await api.send(.GET, Self.target("dev1", "&at=2026-11-21T12:02:30Z"))
            #expect(then.status == 200, "\(then.body)")
            #expect(try Self.object(then)["tags"] == .object(["site": .string("a")]))
            // Reading the past waits until the changes are in the log.
            let history = try await api.send(.GET, Self.target("dev1/history"))
            #expect(history.headers.first(name: "Content-Type") == "application/x-ndjson")
            let lines = try history.body.split(separator: "\n").map { try JSONValue(parsing: String($0)).object }
            let changes = lines.compactMap { $0?["body"]?.object?["change"]?.object }
            #expect(changes.map { $0["by"]?.string } == ["policy:service", "policy:service"])
            #expect(lines.compactMap { $0?["body"]?.object?["tags"]?.object?["site"]?.string } == ["a", "b"])
            let one = try await api.send(.GET, Self.target("dev1/history", "&max=1"))
            #expect(one.body.split(separator: "\n").count == 1)
        }
    }

    @Test("a time that is none is refused")
    func wrongTime() async throws {
        try await APIFixture.run { api in
            let answer = try await api.send(.GET, Self.target("dev1", "&at=yesterday"))
            #expect(answer.status == 400)
            #expect(answer.body.contains("at is “yesterday”"))
        }
    }

    @Test("a bulk entry that writes desired properties is told to the connected device, which stays connected")
    func bulkNotifications() async throws {
        try await APIFixture.run { api in
            try await Self.make(api, "dev1")
            try await Self.make(api, "dev2")
            let device = AnsweringDevice(try #require(IdentityID(device: "dev1")), on: api.hub)
            api.connections.connect(device.identity)
            let target = "/devices?\(Self.version)"
            let body = """
                [{"id":"dev1","importMode":"updateTwin","properties":{"desired":{"a":1}}},
                 {"id":"dev1","importMode":"updateTwin","tags":{"b":1}},
                 {"id":"dev1","importMode":"update","properties":{"desired":{"c":{"d":2}}}},
                 {"id":"dev2","importMode":"updateTwin","properties":{"desired":{"e":1}}}]
                """
            let answer = try await api.send(.POST, target, body: body)
            #expect(answer.status == 200, "\(answer.body)")
            let topic = "$iothub/twin/PATCH/properties/desired/"
            #expect(
                device.received == [
                    "\(topic) {\"a\":1,\"$version\":2}", "\(topic) {\"c\":{\"d\":2},\"$version\":3}",
                ]
            )
            #expect(api.connections.disconnected.isEmpty)
        }
    }

    @Test("reported properties and the model begin a new twin, and are not written into one that is there")
    func bulkReported() async throws {
        try await APIFixture.run { api in
            let target = "/devices?\(Self.version)"
            let entry = #"[{"id":"dev1","modelId":"dtmi:m;1","properties":{"reported":{"fw":"1"}}}]"#
            #expect(try await api.send(.POST, target, body: entry).status == 200)
            let later = #"[{"id":"dev1","modelId":"dtmi:m;2","properties":{"reported":{"fw":"2"}}}]"#
            #expect(try await api.send(.POST, target, body: later).status == 200)
            let twin = try Self.object(try await api.send(.GET, Self.target("dev1")))
            #expect(twin["modelId"] == .string("dtmi:m;1"))
            #expect(twin["properties"]?.object?["reported"]?.object?["fw"] == .string("1"))
            let wrong = #"[{"id":"dev2","properties":{"reported":{"a.b":1}}}]"#
            #expect(try await api.send(.POST, target, body: wrong).body.contains("ArgumentInvalid"))
        }
    }

    @Test("an edge device is one in its identity and its twin, and stays one until it is said that it is none")
    func edge() async throws {
        try await APIFixture.run { api in
            func put(_ members: String, _ headers: HTTPHeaders = ["If-Match": "*"]) async throws -> APIFixture.Answer {
                let body = "{\"deviceId\":\"dev1\"\(members)}"
                return try await api.send(.PUT, "/devices/dev1?\(Self.version)", headers: headers, body: body)
            }
            _ = try await put(#","capabilities":{"iotEdge":true}"#, [:])
            #expect(try await put(#","status":"disabled""#).body.contains(#""capabilities":{"iotEdge":true}"#))
            let twin = try Self.object(try await api.send(.GET, Self.target("dev1")))
            #expect(twin["capabilities"] == .object(["iotEdge": .bool(true)]))
            let query = #"{"query":"SELECT deviceId FROM devices WHERE capabilities.iotEdge = true"}"#
            let found = try await api.send(.POST, "/devices/query?\(Self.version)", body: query)
            #expect(found.body == #"[{"deviceId":"dev1"}]"#)
            #expect(
                try await put(#","capabilities":{"iotEdge":false}"#).body.contains(#""capabilities":{"iotEdge":false}"#)
            )
        }
    }

    @Test("a bulk entry makes a twin, replaces one, and keeps to its etag")
    func bulk() async throws {
        try await APIFixture.run { api in
            let target = "/devices?\(Self.version)"
            let made = #"[{"id":"dev1","importMode":"create","tags":{"site":"a"},"properties":{"desired":{"x":1}}}]"#
            #expect(try await api.send(.POST, target, body: made).status == 200)
            let twin = try Self.object(try await api.send(.GET, Self.target("dev1")))
            #expect(twin["tags"] == .object(["site": .string("a")]))
            let etag = try #require(twin["etag"]?.string)
            let changed =
                #"[{"id":"dev1","importMode":"updateTwinIfMatchETag","twinETag":"\#(etag)","tags":{"site":"b"}}]"#
            #expect(try await api.send(.POST, target, body: changed).status == 200)
            let again = try await api.send(.POST, target, body: changed)
            #expect(again.status == 400)
            #expect(again.body.contains("PreconditionFailed"), "\(again.body)")
            let wrong = #"[{"id":"dev1","importMode":"updateTwin","tags":{"a.b":1}}]"#
            #expect(try await api.send(.POST, target, body: wrong).body.contains("ArgumentInvalid"))
            let after = try Self.object(try await api.send(.GET, Self.target("dev1")))
            #expect(after["tags"] == .object(["site": .string("b")]))
            #expect(after["properties"]?.object?["desired"]?.object?["x"] == .integer(1))
        }
    }
}
