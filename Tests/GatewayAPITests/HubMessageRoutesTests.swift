import HubProtocol
import NIOHTTP1
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("Cloud-to-device messages and queries over HTTP, contract iothub-rest sections 4 and 6")
struct HubMessageRoutesTests {
    private static let version = "api-version=2021-04-12"
    private static let target = "/messages/devicebound?\(version)"

    private static func make(_ api: APIFixture, _ ids: [String]) async throws {
        let entries = ids.map { "{\"id\":\"\($0)\",\"importMode\":\"create\"}" }.joined(separator: ",")
        #expect(try await api.send(.POST, "/devices?\(self.version)", body: "[\(entries)]").status == 200)
    }

    private static func send(_ api: APIFixture, _ more: HTTPHeaders = [:], body: String = "x") async throws -> Int {
        var headers: HTTPHeaders = ["iothub-to": "/devices/dev1/messages/devicebound"]
        headers.add(contentsOf: more)
        return try await api.send(.POST, self.target, headers: headers, body: body).status
    }

    @Test("a queue takes 50 messages; purging empties it and tells how many there were")
    func queue() async throws {
        try await APIFixture.run { api in
            try await Self.make(api, ["dev1"])
            for _ in 0..<50 { #expect(try await Self.send(api) == 204) }
            #expect(
                try await api.send(.GET, "/devices/dev1?\(Self.version)").body.contains(
                    #""cloudToDeviceMessageCount":50"#
                )
            )
            let full = try await api.send(
                .POST,
                Self.target,
                headers: ["iothub-to": "/devices/dev1/messages/devicebound"],
                body: "x"
            )
            #expect(full.status == 403)
            #expect(full.errorCode == "DeviceMaximumQueueDepthExceeded")
            let purged = try await api.send(.DELETE, "/devices/dev1/commands?\(Self.version)")
            #expect(purged.status == 200)
            #expect(purged.body == #"{"totalMessagesPurged":50,"deviceId":"dev1","moduleId":null}"#)
        }
    }

    @Test("feedback is fetched with a lock, and completed with it once")
    func feedback() async throws {
        try await APIFixture.run { api in
            try await Self.make(api, ["dev1"])
            let feedback = "/messages/serviceBound/feedback"
            #expect(try await api.send(.GET, "\(feedback)?\(Self.version)").status == 204)
            #expect(try await Self.send(api, ["iothub-ack": "full", "iothub-messageid": "m9"]) == 204)
            _ = try await api.send(.DELETE, "/devices/dev1/commands?\(Self.version)")
            api.clock.value = api.clock.value + .seconds(60)
            // Without case in the path.
            let batch = try await api.send(.GET, "/messages/servicebound/feedback?\(Self.version)")
            #expect(batch.status == 200)
            #expect(
                batch.headers.first(name: "Content-Type") == "application/vnd.microsoft.iothub.feedback.json"
            )
            #expect(batch.headers.first(name: "iothub-userid") == "hub.example.org")
            #expect(batch.headers.first(name: "iothub-enqueuedtime") != nil)
            let record = try #require(try JSONValue(parsing: batch.body).array?.first?.object)
            #expect(record["originalMessageId"]?.string == "m9")
            #expect(record["statusCode"]?.string == "Purged")
            let lock = try #require(batch.headers.first(name: "ETag")).replacing("\"", with: "")
            let path = "\(feedback)/\(PercentEncoding.encode(lock))"
            #expect(try await api.send(.POST, "\(path)/abandon?\(Self.version)").status == 204)
            let again = try await api.send(.GET, "\(feedback)?\(Self.version)")
            let second = try #require(again.headers.first(name: "ETag")).replacing("\"", with: "")
            let place = "\(feedback)/\(PercentEncoding.encode(second))?\(Self.version)"
            #expect(try await api.send(.DELETE, place).status == 204)
            #expect(try await api.send(.DELETE, place).errorCode == "DeviceMessageLockLost")
        }
    }

    @Test(
        "a message that cannot be is refused",
        arguments: [
            ("/devices/nobody/messages/devicebound", 1, 404), ("/devices/dev1", 1, 400),
            ("/devices/dev1/messages/devicebound", 65_536, 204), ("/devices/dev1/messages/devicebound", 65_537, 413),
            ("/devices/dev1/messages/devicebound", 70_000, 413),
        ]
    )
    func refusals(to: String, bytes: Int, status: Int) async throws {
        try await APIFixture.run { api in
            try await Self.make(api, ["dev1"])
            let body = String(repeating: "x", count: bytes)
            let answer = try await api.send(.POST, Self.target, headers: ["iothub-to": to], body: body)
            #expect(answer.status == status, "\(answer.body)")
        }
    }

    @Test("a query answers an array with its item type, and pages until no token comes")
    func query() async throws {
        try await APIFixture.run { api in
            try await Self.make(api, ["a", "b", "c"])
            let target = "/devices/query?\(Self.version)"
            let body = #"{"query":"SELECT * FROM devices"}"#
            var ids = [String]()
            var token: String?
            repeat {
                var headers: HTTPHeaders = ["x-ms-max-item-count": "2"]
                if let token { headers.add(name: "x-ms-continuation", value: token) }
                let page = try await api.send(.POST, target, headers: headers, body: body)
                #expect(page.status == 200, "\(page.body)")
                #expect(page.headers.first(name: "x-ms-item-type") == "Twin")
                let rows = try #require(try JSONValue(parsing: page.body).array)
                ids += rows.compactMap { $0.object?["deviceId"]?.string }
                token = page.headers.first(name: "x-ms-continuation")
            } while token != nil
            #expect(ids == ["a", "b", "c"])
            let count = try await api.send(.POST, target, body: #"{"query":"SELECT COUNT() AS n FROM devices"}"#)
            #expect(count.body == #"[{"n":3}]"#)
            #expect(count.headers.first(name: "x-ms-item-type") == "Raw")
        }
    }

    @Test(
        "a query that cannot be answered is 400",
        arguments: [
            (#"{"query":"SELEC * FROM devices"}"#, "", ""), (#"{"query":7}"#, "", ""), ("{}", "", ""), ("[]", "", ""),
            (#"{"query":"SELECT * FROM devices"}"#, "x-ms-continuation", "nonsense"),
            (#"{"query":"SELECT * FROM devices"}"#, "x-ms-max-item-count", "0"),
            (#"{"query":"SELECT * FROM devices"}"#, "x-ms-max-item-count", "many"),
        ]
    )
    func wrongQuery(body: String, header: String, value: String) async throws {
        try await APIFixture.run { api in
            let headers: HTTPHeaders = header.isEmpty ? [:] : [header: value]
            let answer = try await api.send(.POST, "/devices/query?\(Self.version)", headers: headers, body: body)
            #expect(answer.status == 400, "\(answer.body)")
            #expect(answer.errorCode == "ArgumentInvalid")
        }
    }
}
