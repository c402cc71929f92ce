import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("DISCONNECT of MQTT 5, §3.14", .timeLimit(.minutes(1)))
struct DisconnectTests {
    private static let anyone = FakeAuthenticator.application()

    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var reason: ReasonCode
    }

    static let faults = [
        Fault(testDescription: "packet type 0", bytes: [0x00, 0x00], reason: .malformedPacket),
        Fault(testDescription: "a packet that only a server sends", bytes: [0xD0, 0x00], reason: .protocolError),
        Fault(
            testDescription: "a second CONNECT [MQTT-3.1.0-2]",
            bytes: [0x10, 0x0E, 0, 4, 0x4D, 0x51, 0x54, 0x54, 5, 2, 0, 60, 0, 0, 1, 0x61],
            reason: .protocolError
        ),
        Fault(
            testDescription: "a packet over the server's maximum [MQTT-3.2.2-15]",
            bytes: [0x32, 0x80, 0x80, 0x20],
            reason: .packetTooLarge
        ),
        Fault(
            testDescription: "an alias that was never set",
            bytes: [0x30, 0x06, 0, 0, 3, 0x23, 0, 1],
            reason: .protocolError
        ),
        Fault(
            testDescription: "alias 0 [MQTT-3.3.2-8]",
            bytes: [0x30, 0x07, 0, 1, 0x61, 3, 0x23, 0, 0],
            reason: .topicAliasInvalid
        ),
        Fault(
            testDescription: "an alias over the server's maximum [MQTT-3.3.2-9]",
            bytes: [0x30, 0x07, 0, 1, 0x61, 3, 0x23, 0xFF, 0xFF],
            reason: .topicAliasInvalid
        ),
        Fault(
            testDescription: "no local on a shared subscription [MQTT-3.8.3-4]",
            bytes: [0x82, 0x10, 0, 1, 0, 0, 10] + Array("$share/a/b".utf8) + [0x04],
            reason: .protocolError
        ),
    ]

    @Test("the server says why it closes [MQTT-3.14.0-1]", arguments: DisconnectTests.faults)
    func fault(_ fault: Fault) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            await client.send(bytes: ByteBuffer(bytes: fault.bytes))
            try await client.expectDisconnect(fault.reason)
            #expect(try await endpoint.observer.ends.next().reasonCode == fault.reason)
        }
    }

    @Test("before CONNACK nothing is said [MQTT-3.14.0-1]")
    func beforeConnack() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client(.v5)
            await client.send(bytes: ByteBuffer(bytes: [0xC0, 0x00]))
            try await client.expectClosed()
        }
    }

    @Test("silence beyond 1.5 × Keep Alive is 0x8D [MQTT-3.1.2-22]")
    func keepAlive() async throws {
        try await TestEndpoint.run(
            authenticator: Self.anyone,
            configuration: .with(\.limits.silenceMax, .milliseconds(100))
        ) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            try await client.expectDisconnect(.keepAliveTimeout)
        }
    }

    @Test("a newer connection of the client takes over: 0x8E to the older [MQTT-3.1.4-3]", arguments: [1, 2])
    func takeover(threads: Int) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone, threads: threads) { endpoint in
            var older = try await endpoint.client(.v5)
            try await older.connect5("a", ConnectProperties(sessionExpirySeconds: 100))
            for _ in 0..<3 {
                let newer = try await endpoint.client(.v5)
                try await newer.connect5(
                    "a",
                    cleanStart: false,
                    sessionPresent: true,
                    ConnectProperties(sessionExpirySeconds: 100)
                )
                try await older.expectDisconnect(.sessionTakenOver)
                #expect(endpoint.server.connectionCount == 1)
                older = newer
            }
        }
    }

    @Test("clients of one name and different principals do not meet")
    func principals() async throws {
        let authenticator = FakeAuthenticator { request in
            .accept(AcceptedConnection(principal: .application(request.userName ?? "")))
        }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            let first = try await endpoint.client(.v5)
            try await first.send(.connect(ConnectPacket(clientID: "a", userName: "x", version: .v5)))
            _ = try await first.next()
            let second = try await endpoint.client(.v5)
            try await second.send(.connect(ConnectPacket(clientID: "a", userName: "y", version: .v5)))
            _ = try await second.next()
            try await first.expectNothingButPing()
            #expect(endpoint.server.connectionCount == 2)
        }
    }

    @Test("a stop of the server is 0x8B, an operator's disconnect 0x98", arguments: [true, false])
    func serverSide(isStop: Bool) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            if isStop {
                await endpoint.server.stop()
                try await client.expectDisconnect(.serverShuttingDown)
            } else {
                endpoint.server.disconnect(.application("tests"))
                try await client.expectDisconnect(.administrativeAction)
            }
        }
    }

    @Test("a session that was to end with the connection cannot be kept by DISCONNECT [MQTT-3.14.2-2]")
    func expiryFromZero() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            try await client.send(.disconnect(DisconnectPacket(sessionExpirySeconds: 5)))
            try await client.expectDisconnect(.protocolError)
        }
    }

    @Test("DISCONNECT changes how long the session is kept", arguments: [(UInt32(0), false), (100, true)])
    func expiry(seconds: UInt32, isKept: Bool) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a", ConnectProperties(sessionExpirySeconds: 50))
            try await client.send(.disconnect(DisconnectPacket(sessionExpirySeconds: seconds)))
            try await client.expectClosed()
            let next = try await endpoint.client(.v5)
            try await next.connect5("a", cleanStart: false, sessionPresent: isKept)
        }
    }

    @Test("connections by a revoked certificate are closed, whosever they are; others stay, and none comes in late")
    func revokedCertificates() async throws {
        let decisions = Mailbox<Void>("a decision")
        let asked = Mailbox<Void>("a request")
        let authenticator = FakeAuthenticator { request in
            if request.clientID == "late" {
                asked.push(())
                try? await decisions.next()
            }
            guard case .accept(var accepted) = FakeAuthenticator.accept(request) else {
                return FakeAuthenticator.accept(request)
            }
            accepted.certificate = request.clientID == "other" ? 2 : 1
            return .accept(accepted)
        }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            let revoked = try await endpoint.client()
            try await revoked.connect("dev1")
            let other = try await endpoint.client()
            try await other.connect("other")
            let late = try await endpoint.client()
            try await late.send(.connect(ConnectPacket(clientID: "late")))
            try await asked.next()
            endpoint.server.disconnect(certificates: [1, 3])
            try await revoked.expectClosed()
            decisions.push(())
            #expect(
                try await late.next()
                    == .packet(.connack(ConnackPacket(sessionPresent: false, reason: .serverUnavailable)))
            )
            try await other.send(.pingreq)
            #expect(try await other.next() == .packet(.pingresp))
        }
    }

    @Test("a refused decision that waits for nobody: a revoked device gets code 3, others do not")
    func revocations() async throws {
        let decisions = Mailbox<Void>("a decision")
        let asked = Mailbox<Void>("a request")
        let authenticator = FakeAuthenticator { request in
            asked.push(())
            try? await decisions.next()
            return FakeAuthenticator.accept(request)
        }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            let client = try await endpoint.client()
            try await client.send(.connect(ConnectPacket(clientID: "dev1")))
            try await asked.next()
            endpoint.server.disconnect(identity: try #require(IdentityID("dev2")))
            decisions.push(())
            #expect(
                try await client.next() == .packet(.connack(ConnackPacket(sessionPresent: false, reason: .success)))
            )
        }
    }
}
