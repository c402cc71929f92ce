import GatewayClient
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("The hub's calls: twins, methods, messages, queries, jobs, configurations")
struct HubCallsTests {
    private static func client(port: Int) throws(GatewayClientError) -> GatewayClient {
        GatewayClient(
            connection: try GatewayConnection(
                address: "127.0.0.1:\(port)",
                hubName: "h",
                policy: "service",
                key: "MDEyMzQ1Njc4OWFiY2RlZg==",
                origin: "the test"
            )
        )
    }

    private static func answer(_ status: String, _ body: String, headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\nConnection: close\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// What a call sends and what it makes of the answer.
    private static func call<Value>(
        _ answer: String,
        _ body: (GatewayClient) async throws -> Value
    ) async throws -> (value: Value, head: [String]) {
        let server = try await CannedServer(answering: answer)
        let value = try await body(try Self.client(port: server.port))
        let head = try #require(server.requests.first)
        try await server.close()
        return (value, head.split(separator: "\r\n").map { $0.lowercased() })
    }

    @Test(
        "an identity is device or device/module, percent-encoded once",
        arguments: [
            ("dev1", "/twins/dev1"), ("dev1/mod1", "/twins/dev1/modules/mod1"),
            ("a:b#c?d%", "/twins/a%3ab%23c%3fd%25"),
        ]
    )
    func twin(id: String, path: String) async throws {
        let (twin, head) = try await Self.call(Self.answer("200 OK", #"{"version":3}"#)) { try await $0.twin(id) }
        #expect(twin["version"] == .integer(3))
        #expect(head[0] == "get \(path)?api-version=2021-04-12 http/1.1")
    }

    @Test("a twin of another time asks for it")
    func twinThen() async throws {
        let time = Timestamp(milliseconds: 1_795_262_400_000)
        let (_, head) = try await Self.call(Self.answer("200 OK", "{}")) { try await $0.twin("d", at: time) }
        #expect(head[0].hasPrefix("get /twins/d?at=2026-11-21t12%3a00%3a00.000z&"), "\(head[0])")
    }

    @Test(
        "a change of a twin carries its etag quoted, or * for whatever is there",
        arguments: ["AAAAAAAAAAU=", nil] as [String?]
    )
    func condition(etag: String?) async throws {
        let (_, head) = try await Self.call(Self.answer("200 OK", "{}")) {
            try await $0.updateTwin("d", ["tags": .object(["a": .integer(1)])], etag: etag)
        }
        #expect(head[0].hasPrefix("patch /twins/d?"))
        #expect(head.contains(etag.map { "if-match: \"\($0.lowercased())\"" } ?? "if-match: *"), "\(head)")
    }

    @Test("a method's error is the words inside its message")
    func methodError() async throws {
        let body =
            #"{"Message":"{\"errorCode\":404103,\"message\":\"Timed out waiting for device to connect.\"}","ExceptionMessage":""}"#
        let server = try await CannedServer(
            answering: Self.answer("404 Not Found", body, headers: "iothub-errorcode: DeviceNotOnline\r\n")
        )
        do throws(GatewayClientError) {
            _ = try await Self.client(port: server.port).invoke("reboot", on: "d")
            Issue.record("answered")
        } catch {
            #expect(
                error
                    == .refused(
                        status: 404,
                        code: "DeviceNotOnline",
                        message: "Timed out waiting for device to connect."
                    )
            )
        }
        #expect(server.requests.first?.hasPrefix("POST /twins/d/methods?") ?? false)
        try await server.close()
    }

    @Test("a page of a query has rows, their type and what continues it")
    func query() async throws {
        let headers = "x-ms-item-type: Raw\r\nx-ms-continuation: tok\r\n"
        let (page, head) = try await Self.call(Self.answer("200 OK", #"[{"n":1},{"n":2}]"#, headers: headers)) {
            try await $0.query("SELECT 1", pageSize: 2, continuation: "before")
        }
        #expect(page.items == [["n": .integer(1)], ["n": .integer(2)]])
        #expect(page.itemType == "Raw")
        #expect(page.continuation == "tok")
        #expect(head.contains("x-ms-max-item-count: 2"))
        #expect(head.contains("x-ms-continuation: before"))
    }

    @Test("no feedback is nil, a batch has its lock without quotes")
    func feedback() async throws {
        let (none, _) = try await Self.call("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n") {
            try await $0.nextFeedback()
        }
        #expect(none == nil)
        let answer = Self.answer("200 OK", #"[{"statusCode":"Success"}]"#, headers: "ETag: \"l-1\"\r\n")
        let (batch, _) = try await Self.call(answer) { try await $0.nextFeedback() }
        #expect(batch?.lock == "l-1")
        #expect(batch?.records == [["statusCode": .string("Success")]])
    }

    @Test("a message's device is percent-encoded in iothub-to")
    func message() async throws {
        let message = OutgoingMessage(device: "a%b", messageID: "m1", payload: [1])
        let (_, head) = try await Self.call("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n") {
            try await $0.sendMessage(message)
        }
        #expect(head[0].hasPrefix("post /messages/devicebound?"))
        #expect(head.contains("iothub-to: /devices/a%25b/messages/devicebound"), "\(head)")
    }

    @Test("jobs and configurations have their own paths")
    func paths() async throws {
        let answer = Self.answer("200 OK", "{}")
        let created = try await Self.call(answer) { try await $0.createJob("j 1", ["type": .string("x")]) }
        #expect(created.head[0].hasPrefix("put /jobs/v2/j%201?"))
        let cancelled = try await Self.call(answer) { try await $0.cancelJob("j1") }
        #expect(cancelled.head[0].hasPrefix("post /jobs/v2/j1/cancel?"))
        let listed = try await Self.call(Self.answer("200 OK", "[]")) { try await $0.jobs(status: "running") }
        #expect(listed.head[0].hasPrefix("get /jobs/v2/query?jobstatus=running&"))
        let made = try await Self.call(answer) { try await $0.createConfiguration("c1", [:]) }
        #expect(made.head[0].hasPrefix("put /configurations/c1?"))
        #expect(!made.head.contains { $0.hasPrefix("if-match") })
        let changed = try await Self.call(answer) { try await $0.updateConfiguration("c1", [:], etag: "E") }
        #expect(changed.head.contains("if-match: \"e\""))
    }
}
