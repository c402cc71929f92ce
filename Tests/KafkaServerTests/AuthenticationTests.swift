import KafkaProtocol
import KafkaServer
import NIOCore
import NIOSSL
import ServerTestSupport
import TestSupport
import Testing

@Suite("SASL, contract kafka §9", .timeLimit(.minutes(1)))
struct AuthenticationTests {
    @Test("ApiVersions is answered before and after authentication")
    func versions() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client()
            var before = try await client.call(.apiVersions, 0)
            #expect(before.readInt16() == 0)
            #expect(before.readInt32() == 22)
            #expect(try await client.login("owner", "secret") == 0)
            var body = ByteBuffer()
            for text in ["a", "1"] {
                body.writeInteger(UInt8(text.utf8.count + 1))
                body.writeString(text)
            }
            body.writeInteger(UInt8(0))
            var after = try await client.call(.apiVersions, 3, body)
            #expect(after.readInt16() == 0)
            #expect(after.readInteger(as: UInt8.self) == 23)
            // A version we do not know: the table in the shape of version 0 with error 35.
            var unknown = try await client.call(.apiVersions, 4)
            #expect(unknown.readInt16() == 35)
            #expect(unknown.readInt32() == 22)
        }
    }

    @Test(
        "a wrong password and an unknown user are answered 58 after the delay, then closed",
        arguments: ["owner", "nobody"]
    )
    func wrongPassword(user: String) async throws {
        try await TestKafka.run([.set(\.refusalDelay, .milliseconds(200))]) { kafka in
            let client = try await kafka.client()
            let began = ContinuousClock.now
            #expect(try await client.login(user, "wrong") == 58)
            #expect(ContinuousClock.now - began >= .milliseconds(200))
            #expect(try await client.isClosed())
            try await eventually { kafka.metrics.value("authentication_failures") == 1 }
            try await eventually { kafka.closed(.authenticationFailed) == 1 }
        }
    }

    @Test("a connection string as Event Hubs has it opens, limited to its EntityPath")
    func connectionString() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client()
            let text = "Endpoint=sb://x/;SharedAccessKeyName=owner;SharedAccessKey=secret;EntityPath=other"
            #expect(try await client.login("$ConnectionString", text) == 0)
            #expect(try await client.produce("telemetry", .batch(["x"])).error == 29)
        }
    }

    @Test(
        "everything else before authentication closes the connection",
        arguments: [APIKey.metadata, .produce, .fetch]
    )
    func notAuthenticated(key: APIKey) async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client()
            try await client.send(key, 8)
            #expect(try await client.isClosed())
            try await eventually { kafka.closed(.notAuthenticated) == 1 }
        }
    }

    @Test("an unknown mechanism, and the handshake of version 0, are answered 33 with our list")
    func mechanisms() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client()
            for (name, version) in [("GSSAPI", Int16(1)), ("PLAIN", 0)] {
                var body = ByteBuffer()
                body.writeText(name)
                var answer = try await client.call(.saslHandshake, version, body)
                #expect(answer.readInt16() == 33)
                #expect(answer.readInt32() == 3)
                #expect(answer.readText() == "PLAIN")
            }
            #expect(try await client.login("owner", "secret") == 0)
        }
    }

    @Test("SaslAuthenticate without a handshake, and of an unknown SCRAM user, are refused alike")
    func outOfTurn() async throws {
        try await TestKafka.run { kafka in
            let early = try await kafka.client()
            #expect(try await early.authenticate(Array("\0owner\0secret".utf8)).error == 34)
            #expect(try await early.isClosed())
            let client = try await kafka.client()
            var body = ByteBuffer()
            body.writeText("SCRAM-SHA-256")
            _ = try await client.call(.saslHandshake, 1, body)
            let first = try await client.authenticate(Array("n,,n=nobody,r=abc".utf8))
            #expect(first.error == 0)
            let nonce = String(decoding: first.token, as: UTF8.self).split(separator: ",").first ?? ""
            let last = "c=biws,\(nonce),p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
            #expect(try await client.authenticate(Array(last.utf8)).error == 58)
            #expect(try await client.isClosed())
        }
    }

    @Test("who does not authenticate in time is closed, also who sends half a frame")
    func timeout() async throws {
        try await TestKafka.run([.set(\.authenticationTimeout, .milliseconds(100))]) { kafka in
            let silent = try await kafka.client()
            let half = try await kafka.client()
            await half.send(bytes: ByteBuffer(bytes: [0, 0, 0, 20, 0]))
            #expect(try await silent.isClosed())
            #expect(try await half.isClosed())
            try await eventually { kafka.closed(.authenticationTimeout) == 2 }
        }
    }

    @Test("before authentication a frame is small", arguments: [(16_384, false), (16_385, true)])
    func smallFrames(length: Int32, isClosed: Bool) async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client()
            var bytes = ByteBuffer(integer: length)
            bytes.writeRepeatingByte(0, count: 8)
            await client.send(bytes: bytes)
            if isClosed {
                #expect(try await client.isClosed())
                try await eventually { kafka.closed(.requestTooLarge) == 1 }
            } else {
                #expect(kafka.closed(.requestTooLarge) == 0)
            }
        }
    }

    @Test("connections beyond the limit are closed at accept")
    func connectionsMax() async throws {
        try await TestKafka.run([.set(\.connectionsMax, 2)]) { kafka in
            let first = try await kafka.client(as: "owner")
            let second = try await kafka.client(as: "owner")
            let third = try await kafka.client()
            #expect(try await third.isClosed())
            await first.close()
            try await eventually { kafka.server.connectionCount == 1 }
            _ = try await kafka.client(as: "owner")
            _ = try await second.metadata()
        }
    }

    @Test("a changed principal's connections are closed")
    func disconnected() async throws {
        try await TestKafka.run { kafka in
            let client = try await kafka.client(as: "owner")
            let other = try await kafka.client(as: "reader")
            kafka.server.disconnect(principals: ["owner"])
            #expect(try await client.isClosed())
            _ = try await other.metadata()
        }
    }

    @Test("over TLS a client is told the TLS listener's port")
    func encrypted() async throws {
        try await TestKafka.run(tls: TestTLS.server(asksForCertificate: true)) { kafka in
            let address = try #require(kafka.tlsAddress)
            let client = try await KafkaClient.open(address, tls: TestTLS.client(.tlsv13))
            #expect(try await client.login("owner", "secret") == 0)
            #expect(try await client.metadata().port == Int32(try #require(address.port)))
            #expect(try await client.produce("telemetry", .batch(["x"])).error == 0)
        }
    }

    @Test("without authentication, on loopback, everybody may do everything; elsewhere the server does not start")
    func plaintext() async throws {
        try await TestKafka.run([.set(\.authentication, .none)]) { kafka in
            let client = try await kafka.client()
            #expect(try await client.produce("telemetry", .batch(["x"])).error == 0)
        }
        await #expect(throws: KafkaStartError.self) {
            try await TestKafka.run([
                .set(\.authentication, .none), .set(\.tcp, KafkaServer.Listener(host: "0.0.0.0", port: 0)),
            ]) { _ in }
        }
    }
}
