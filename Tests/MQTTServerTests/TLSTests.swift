import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import NIOSSL
import ServerTestSupport
import TLSTransport
import Testing

@Suite("MQTT over TLS, contract iothub-mqtt section 1", .timeLimit(.minutes(1)))
struct TLSTests {
    @Test("telemetry over TLS 1.2 and 1.3", arguments: [TLSVersion.tlsv12, .tlsv13])
    func telemetry(version: TLSVersion) async throws {
        let requests = Mailbox<ConnectRequest>("a request")
        let authenticator = FakeAuthenticator { request in
            requests.push(request)
            return FakeAuthenticator.accept(request)
        }
        try await TestEndpoint.run(authenticator: authenticator, tls: try TestTLS.server()) { endpoint in
            let address = try #require(endpoint.tlsAddress)
            let client = try await TestClient.open(address, tls: try TestTLS.client(version))
            try await client.connect("dev1")
            #expect(try await requests.next().isTLS)
            try await client.send(.telemetry(of: "dev1", String(repeating: "x", count: 100_000), id: 1))
            try await client.expectAcknowledged([1])
            try await client.send(.disconnect(DisconnectPacket()))
            try await client.expectClosed()
        }
    }

    @Test("new connections get the certificate of now, open ones keep theirs")
    func exchanged() async throws {
        let tls = try TestTLS.server()
        try await TestEndpoint.run(authenticator: .application(), tls: tls) { endpoint in
            let address = try #require(endpoint.tlsAddress)
            let open = try await TestClient.open(address, tls: try TestTLS.client(.tlsv13))
            try await open.connect("dev1")
            var configuration = tls.context.configuration
            configuration.minimumTLSVersion = .tlsv13
            tls.replace(by: try NIOSSLContext(configuration: configuration))
            let next = try await TestClient.open(address, tls: try TestTLS.client(.tlsv13))
            try await next.connect("dev2")
            await #expect(throws: (any Error).self, "this context does not speak TLS 1.2") {
                let old = try await TestClient.open(address, tls: try TestTLS.client(.tlsv12))
                try await old.connect("dev3")
            }
            try await open.send(.pingreq)
            #expect(try await open.next() == .packet(.pingresp))
        }
    }

    @Test("a TLS handshake that stays half open is closed at the deadline")
    func halfOpen() async throws {
        try await TestEndpoint.run(
            tls: try TestTLS.server(),
            configuration: .with(\.limits.connectTimeout, .milliseconds(100))
        ) { endpoint in
            let client = try await TestClient.open(try #require(endpoint.tlsAddress))
            await client.send(bytes: ByteBuffer(bytes: [0x16, 0x03, 0x01]))
            try await client.expectClosed()
            #expect(endpoint.closed(.connectTimeout) == 1)
            await endpoint.server.stop()
            #expect(endpoint.server.socketCount == 0)
        }
    }

    @Test("bytes that are no TLS fail the handshake")
    func noTLS() async throws {
        try await TestEndpoint.run(tls: try TestTLS.server()) { endpoint in
            let client = try await TestClient.open(try #require(endpoint.tlsAddress))
            await client.send(bytes: ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
            while try await client.next() != .closed {}
            #expect(endpoint.closed(.tlsHandshakeFailed) == 1)
        }
    }

    @Test(
        "a client that resumes its TLS session is known by its certificate, contract iothub-mqtt section 3",
        arguments: ["TLSv1_2", "TLSv1_3"]
    )
    func resumption(version: String) async throws {
        let requests = Mailbox<ConnectRequest>("a request")
        let authenticator = FakeAuthenticator { request in
            requests.push(request)
            return FakeAuthenticator.accept(request)
        }
        let tls = try TestTLS.server(asksForCertificate: true)
        try await TestEndpoint.run(authenticator: authenticator, tls: tls) { endpoint in
            let port = try #require(endpoint.tlsAddress?.port)
            #expect(try await ResumingClient.run(version: version, port: port) == "[False, True]\n")
            let first = try await requests.next().clientCertificates
            #expect(first.count == 1)
            #expect(try await requests.next().clientCertificates == first)
        }
    }
}
