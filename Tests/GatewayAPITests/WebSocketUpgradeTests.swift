import EventLog
import GatewayAPI
import NIOHTTP1
import NIOSSL
import Testing

@Suite("MQTT over WebSocket and HTTPS on the API's listeners")
struct WebSocketUpgradeTests {
    private static let answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"

    private static func request(
        path: String = "/mqtt",
        method: String = "GET",
        version: Int = 13,
        subprotocol: String = "mqtt"
    ) -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: \(version)\r\n"
            + "Sec-WebSocket-Protocol: \(subprotocol)\r\n\r\n"
    }

    @Test("an upgrade is answered 101 with the subprotocol, then its bytes are the MQTT server's [MQTT-6.0.0-4]")
    func upgrade() async throws {
        try await APIFixture.run { api in
            let client = try await HTTPStream(port: api.port, sending: Self.request() + "early ", reads: true)
            #expect(try await client.waitForText(endingWith: "early "))
            try await client.send("later")
            #expect(try await client.waitForText(endingWith: "early later"))
            #expect(client.text == Self.answer + "early later")
            let adopted = try #require(api.sockets.adopted.first)
            #expect(!adopted.isTLS && adopted.clientCertificates.isEmpty)
            #expect(adopted.remoteAddress.hasPrefix("127.0.0.1:"))
            client.close()
        }
    }

    @Test("over HTTPS the same, with and without a certificate of the client", arguments: [false, true])
    func secure(showsCertificate: Bool) async throws {
        try await APIFixture.run(\.https, APIConfiguration.Listener(port: 0)) { api in
            let client = try await HTTPStream(
                port: try #require(api.securePort),
                sending: Self.request(path: "/$iothub/websocket"),
                reads: true,
                tls: try TestTLS.client(showingCertificate: showsCertificate)
            )
            #expect(try await client.waitForText(endingWith: Self.answer))
            let adopted = try #require(api.sockets.adopted.first)
            #expect(adopted.isTLS)
            #expect(adopted.clientCertificates.count == (showsCertificate ? 1 : 0))
            client.close()
        }
    }

    @Test("a head that comes byte by byte is an upgrade all the same")
    func byteByByte() async throws {
        try await APIFixture.run { api in
            let client = try await HTTPStream(port: api.port, sending: "", reads: true)
            for byte in Self.request().utf8 { try await client.send([byte]) }
            #expect(try await client.waitForText(endingWith: Self.answer))
            client.close()
        }
    }

    @Test(
        "what cannot be upgraded is told why and closed",
        arguments: [
            (request(subprotocol: "mqttv3.1"), 400, "mqtt"), (request(version: 8), 426, "Sec-WebSocket-Version: 13"),
            (request(path: "/other"), 404, "/mqtt"), (request(method: "POST"), 405, "GET"),
            ("GET /mqtt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 426, "upgrade"),
        ]
    )
    func refusals(request: String, status: Int, hint: String) async throws {
        try await APIFixture.run { api in
            let client = try await HTTPStream(port: api.port, sending: request, reads: true)
            #expect(try await client.waitForClose())
            #expect(client.text.hasPrefix("HTTP/1.1 \(status) "), "\(client.text)")
            #expect(client.text.contains(hint) && client.text.contains("\"Message\""), "\(client.text)")
            #expect(api.sockets.adopted.isEmpty)
        }
    }

    @Test("an upgrade behind an ordinary request is answered 426 and closed")
    func second() async throws {
        try await APIFixture.run { api in
            let client = try await HTTPStream(
                port: api.port,
                sending: "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n",
                reads: true
            )
            #expect(try await client.waitForAnswers(1))
            try await client.send(Self.request())
            #expect(try await client.waitForClose())
            #expect(client.text.contains("HTTP/1.1 426 "), "\(client.text)")
            #expect(api.sockets.adopted.isEmpty)
        }
    }

    @Test("the head of an upgrade that trickles is cut off after the idle time")
    func slow() async throws {
        try await APIFixture.run(\.idleTimeout, .seconds(1)) { api in
            let client = try await HTTPStream(port: api.port, sending: "GET /mqtt HTTP/1.1\r\n", reads: true)
            let trickle = Task {
                while client.isOpen {
                    try await client.send("X: y\r\n")
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            #expect(try await client.waitForClose())
            trickle.cancel()
        }
    }

    @Test("a TLS handshake that is never finished is cut off after the idle time")
    func silentHandshake() async throws {
        func impatientHTTPS(_ configuration: inout APIConfiguration) {
            configuration.https = APIConfiguration.Listener(port: 0)
            configuration.idleTimeout = .milliseconds(200)
        }
        try await APIFixture.run(impatientHTTPS) { api in
            let port = try #require(api.securePort)
            // A record header that promises 512 bytes of a ClientHello which never come.
            let client = try await HTTPStream(port: port, sending: "\u{16}\u{3}\u{1}\u{2}\u{0}", reads: true)
            #expect(try await client.waitForClose())
        }
    }

    @Test("HTTPS serves the API, and nothing there is anonymous")
    func secureAPI() async throws {
        try await APIFixture.run(\.https, APIConfiguration.Listener(port: 0)) { api in
            let port = try #require(api.securePort)
            for (token, status) in [(api.token(policy: "iothubowner"), 200), ("", 401)] {
                let client = try await HTTPStream(
                    port: port,
                    sending: "GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: \(token)\r\n\r\n",
                    reads: true,
                    tls: try TestTLS.client()
                )
                #expect(try await client.waitForClose())
                #expect(client.text.hasPrefix("HTTP/1.1 \(status) "), "\(client.text)")
            }
            #expect(try await api.send(.GET, "/metrics", authorization: nil).status == 200)
        }
    }

    @Test("a WebSocket takes no place of an HTTP connection")
    func places() async throws {
        try await APIFixture.run(\.connectionsMax, 2) { api in
            var clients: [HTTPStream] = []
            for _ in 0..<5 {
                let client = try await HTTPStream(port: api.port, sending: Self.request(), reads: true)
                #expect(try await client.waitForText(endingWith: Self.answer))
                clients.append(client)
            }
            #expect(try await api.send(.GET, "/healthz").status == 200)
            for client in clients { client.close() }
        }
    }
}
