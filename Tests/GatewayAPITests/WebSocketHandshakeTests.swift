import Testing

@testable import GatewayAPI

@Suite("What the head of a first request asks for, RFC 6455 §4.2 and MQTT 5.0 §6")
struct WebSocketHandshakeTests {
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    /// A good request, with lines left out or put in the place of others of the same name.
    private func head(
        _ request: String = "GET /mqtt HTTP/1.1",
        without: String? = nil,
        _ changed: String...
    ) -> [UInt8] {
        let fields = [
            "Host: localhost", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: \(Self.key)",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: mqtt",
        ]
        func name(_ line: String) -> String { line.prefix { $0 != ":" }.lowercased() }
        let kept = fields.filter { field in
            name(field) != without?.lowercased() && !changed.contains { name($0) == name(field) }
        }
        return Array(([request] + kept + changed).joined(separator: "\r\n").utf8) + Array("\r\n\r\n".utf8)
    }

    private func decision(_ head: [UInt8]) -> WebSocketHandshake {
        WebSocketHandshake(head: head, isComplete: true)
    }

    @Test("the accept value is that of RFC 6455 §1.3")
    func acceptValue() {
        #expect(WebSocketHandshake.acceptValue(for: Self.key) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test(
        "both paths are accepted, with and without a query",
        arguments: [
            "/mqtt", "/mqtt?a=b", "/$iothub/websocket", "/$iothub/websocket?iothub-no-client-cert=true",
            "/%24iothub/websocket",
        ]
    )
    func paths(path: String) {
        #expect(self.decision(self.head("GET \(path) HTTP/1.1")) == .accept(.mqtt, key: Self.key))
    }

    @Test(
        "AMQP has paths and a subprotocol of its own; contract iothub-rest section 6",
        arguments: [
            ("/$servicebus/websocket/", "AMQPWSB10", true), ("/$servicebus/websocket", "AMQPWSB10", true),
            ("/%24servicebus/websocket/", "AMQPWSB10", true), ("/$servicebus/websocket", "mqtt", false),
            ("/mqtt", "AMQPWSB10", false),
        ]
    )
    func amqp(path: String, subprotocol: String, isAccepted: Bool) {
        let head = self.head("GET \(path) HTTP/1.1", "Sec-WebSocket-Protocol: \(subprotocol)")
        if isAccepted {
            #expect(self.decision(head) == .accept(.amqp, key: Self.key))
        } else {
            #expect(self.status(head) == 400)
        }
    }

    @Test(
        "names and tokens are compared without case, lists are taken apart",
        arguments: [
            "upgrade: WebSocket", "CONNECTION: keep-alive, UPGRADE", "Sec-WebSocket-Protocol: mqttv3.1, mqtt",
            "sec-websocket-version:13", "Sec-WebSocket-Extensions: permessage-deflate", "Content-Length: 0",
        ]
    )
    func forms(line: String) {
        #expect(self.decision(self.head("GET /mqtt HTTP/1.1", line)) == .accept(.mqtt, key: Self.key))
    }

    @Test(
        "without the subprotocol mqtt the answer is 400 [MQTT-6.0.0-3]",
        arguments: ["Sec-WebSocket-Protocol: mqttv3.1", "Sec-WebSocket-Protocol: MQTT", "Sec-WebSocket-Protocol:"]
    )
    func subprotocol(line: String) {
        #expect(self.status(self.head("GET /mqtt HTTP/1.1", line)) == 400)
        #expect(self.status(self.head(without: "Sec-WebSocket-Protocol")) == 400)
    }

    @Test(
        "what is wrong with an upgrade decides its status",
        arguments: [
            ("GET /mqtt HTTP/1.1", "Sec-WebSocket-Version: 8", 426), ("GET /mqtt HTTP/1.0", "X: y", 400),
            ("GET /mqtt/ HTTP/1.1", "X: y", 404), ("GET /devices HTTP/1.1", "X: y", 404),
            ("GET /mqtt HTTP/1.1", "Sec-WebSocket-Key: c2hvcnQ=", 400),
            ("GET /mqtt HTTP/1.1", "Content-Length: 1", 400),
            ("GET /mqtt HTTP/1.1", "Sec-WebSocket-Key: not base64 at all, no", 400),
            ("GET /mqtt HTTP/1.1", "Transfer-Encoding: chunked", 400),
        ]
    )
    func refusals(request: String, line: String, status: Int) {
        #expect(self.status(self.head(request, line)) == status)
    }

    @Test("a field that must come once and is missing or comes twice is refused")
    func fields() {
        #expect(self.status(self.head(without: "Sec-WebSocket-Version")) == 426)
        #expect(self.status(self.head(without: "Sec-WebSocket-Key")) == 400)
        let twice = "Sec-WebSocket-Key: \(Self.key)"
        #expect(self.status(self.head("GET /mqtt HTTP/1.1", twice, twice)) == 400)
    }

    @Test(
        "anything that is no upgrade is the HTTP server's",
        arguments: [
            "GET /mqtt HTTP/1.1\r\n\r\n", "GET /mqtt HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
            "GET /mqtt HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
            "GET \r\n\r\n", "POST /mqtt HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        ]
    )
    func ordinary(head: String) {
        #expect(self.decision(Array(head.utf8)) == .ordinary)
    }

    @Test("every beginning of a good head is incomplete, and four bytes of another method decide")
    func beginnings() {
        let head = self.head()
        for count in 0..<head.count {
            #expect(WebSocketHandshake(head: head.prefix(count), isComplete: false) == .incomplete)
        }
        #expect(WebSocketHandshake(head: Array("GE".utf8), isComplete: false) == .incomplete)
        #expect(WebSocketHandshake(head: Array("GEX".utf8), isComplete: false) == .ordinary)
        #expect(WebSocketHandshake(head: [0x16, 0x03], isComplete: false) == .ordinary)
    }

    @Test("a head that has no end is waited for up to 16 KiB", arguments: [(16_383, true), (16_384, false)])
    func bound(count: Int, waits: Bool) {
        let head = Array("GET /".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: count - 5)
        #expect(WebSocketHandshake(head: head, isComplete: false) == (waits ? .incomplete : .ordinary))
    }

    private func status(_ head: [UInt8]) -> Int? {
        guard case .refuse(let status, let sentence) = self.decision(head) else { return nil }
        #expect(!sentence.isEmpty)
        return status
    }
}
