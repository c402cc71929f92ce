import DeviceHub
import HubProtocol
import NIOHTTP1
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("Direct methods over HTTP, contract iothub-rest section 5", .timeLimit(.minutes(2)))
struct MethodRoutesTests {
    private static let version = "api-version=2021-04-12"
    private static let target = "/twins/dev1/methods?\(version)"

    private static func make(_ api: APIFixture) async throws -> IdentityID {
        _ = try await api.send(.PUT, "/devices/dev1?\(self.version)", body: #"{"deviceId":"dev1"}"#)
        return try #require(IdentityID(device: "dev1"))
    }

    @Test(
        "200 whatever status the device gave; the device gets the payload as it was sent",
        arguments: [
            (#"{"methodName":"reboot","payload":{"d":5}}"#, #"{"d":5}"#, 200, #"{"ok":1}"#, #"{"ok":1}"#),
            (#"{"methodName":"reboot","payload":""}"#, #""""#, 404, "", "null"),
            (#"{"methodName":"reboot","payload":null}"#, "null", -1, "null", "null"),
            (#"{"methodName":"reboot"}"#, "", 200, "[1]", "[1]"),
        ]
    )
    func answered(body: String, sent: String, status: Int, payload: String, answered: String) async throws {
        try await APIFixture.run { api in
            let device = AnsweringDevice(try await Self.make(api), on: api.hub, answering: (status, payload))
            let answer = try await api.send(.POST, Self.target, body: body)
            #expect(answer.status == 200, "\(answer.body)")
            #expect(answer.body == "{\"status\":\(status),\"payload\":\(answered)}")
            #expect(device.received == ["$iothub/methods/POST/reboot/ \(sent)"])
        }
    }

    @Test("a call whose caller leaves is forgotten: its place is free, and it is told of as abandoned")
    func departure() async throws {
        try await APIFixture.runWithHubTopics { api in
            let id = try await Self.make(api)
            let device = AnsweringDevice(id, on: api.hub)
            let body = #"{"methodName":"slow","responseTimeoutInSeconds":300}"#
            let head = [
                "POST \(Self.target) HTTP/1.1", "Host: localhost", "Content-Length: \(body.utf8.count)",
                "Authorization: \(api.token(policy: "service"))",
            ]
            let text = head.joined(separator: "\r\n") + "\r\n\r\n" + body
            let caller = try await HTTPStream(port: api.port, sending: text, reads: true)
            while device.received.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            #expect(api.hub.methods.pendingCount == 1)
            caller.close()
            while api.hub.methods.pendingCount > 0 { try await Task.sleep(for: .milliseconds(2)) }
            var records = ""
            while !records.contains("abandoned") {
                records = try await api.send(.GET, "/topics/commands/records").body
            }
            #expect(records.contains(#""method":"slow""#))
        }
    }

    @Test("a caller that stays has its answer, and its connection takes the next call")
    func nextCall() async throws {
        try await APIFixture.run { api in
            let device = AnsweringDevice(try await Self.make(api), on: api.hub, answering: (200, "1"))
            let body = #"{"methodName":"m"}"#
            let head = [
                "POST \(Self.target) HTTP/1.1", "Host: localhost", "Content-Length: \(body.utf8.count)",
                "Authorization: \(api.token(policy: "service"))",
            ]
            let text = head.joined(separator: "\r\n") + "\r\n\r\n" + body
            let caller = try await HTTPStream(port: api.port, sending: text, reads: true)
            #expect(try await caller.waitForAnswers(1))
            try await caller.send(text)
            #expect(try await caller.waitForAnswers(2))
            #expect(device.received.count == 2)
            caller.close()
        }
    }

    @Test("nobody there is 404 with 404103 in JSON inside Message; an unknown device is 404001")
    func notOnline() async throws {
        try await APIFixture.run { api in
            _ = try await Self.make(api)
            let body = #"{"methodName":"reboot","connectTimeoutInSeconds":0}"#
            for (target, code, number) in [
                (Self.target, "DeviceNotOnline", 404_103),
                ("/twins/nobody/methods?\(Self.version)", "DeviceNotFound", 404_001),
            ] {
                let answer = try await api.send(.POST, target, body: body)
                #expect(answer.status == 404)
                #expect(answer.errorCode == code)
                let whole = try #require(try JSONValue(parsing: answer.body).object)
                #expect(whole["ExceptionMessage"]?.string == "")
                let inner = try #require(try JSONValue(parsing: whole["Message"]?.string ?? "").object)
                #expect(inner["errorCode"]?.integer == Int64(number))
                if number == 404_103 { #expect(inner["info"] == .object(["timeout": .string("00:00:00")])) }
            }
        }
    }

    @Test(
        "what is out of range is 400 before anybody is called",
        arguments: [
            "{}", #"{"methodName":7}"#, #"{"methodName":""}"#, #"{"methodName":"m","responseTimeoutInSeconds":4}"#,
            #"{"methodName":"m","responseTimeoutInSeconds":301}"#, #"{"methodName":"m","connectTimeoutInSeconds":-1}"#,
            #"{"methodName":"m","connectTimeoutInSeconds":301}"#, #"{"methodName":"m","connectTimeoutInSeconds":"1"}"#,
            #"{"methodName":"m","connectTimeoutInSeconds":1.5}"#, "[]", "",
        ]
    )
    func wrongCall(body: String) async throws {
        try await APIFixture.run { api in
            let answer = try await api.send(.POST, Self.target, body: body)
            #expect(answer.status == 400, "\(answer.body)")
            #expect(answer.errorCode == "ArgumentInvalid")
        }
    }

    @Test("a command of a component is a method; its status is in a header")
    func command() async throws {
        try await APIFixture.run { api in
            let device = AnsweringDevice(try await Self.make(api), on: api.hub, answering: (202, #"{"max":7}"#))
            let answer = try await api.send(
                .POST,
                "/digitaltwins/dev1/components/thermo1/commands/getMax?connectTimeoutInSeconds=0&\(Self.version)",
                body: #"{"since":"T"}"#
            )
            #expect(answer.status == 200, "\(answer.body)")
            #expect(answer.body == #"{"max":7}"#)
            #expect(answer.headers.first(name: "x-ms-command-statuscode") == "202")
            #expect(answer.headers.first(name: "x-ms-request-id") != nil)
            #expect(device.received == [#"$iothub/methods/POST/thermo1%2AgetMax/ {"since":"T"}"#])
        }
    }

    @Test("a digital twin's patch becomes desired properties: 202 with ETag and Location")
    func digitalTwinPatch() async throws {
        try await APIFixture.run { api in
            _ = try await Self.make(api)
            let target = "/digitaltwins/dev1?\(Self.version)"
            let answer = try await api.send(.PATCH, target, body: #"[{"op":"add","path":"/target","value":42}]"#)
            #expect(answer.status == 202, "\(answer.body)")
            #expect(answer.headers.first(name: "ETag") != nil)
            #expect(answer.headers.first(name: "Location") == "/digitaltwins/dev1")
            let twin = try #require(try JSONValue(parsing: try await api.send(.GET, target).body).object)
            #expect(twin["target"] == .integer(42))
        }
    }
}
