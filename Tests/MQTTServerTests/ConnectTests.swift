import EventLog
import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import ServerTestSupport
import TelemetryModel
import TestSupport
import Testing

@Suite("CONNECT, contract iothub-mqtt section 2", .timeLimit(.minutes(1)))
struct ConnectTests {
    private func expectRefused(_ client: TestClient, _ code: ConnectReturnCode) async throws {
        #expect(try await client.next() == .packet(.connack(ConnackPacket(sessionPresent: false, returnCode: code))))
        try await client.expectClosed()
    }

    @Test("the authenticator sees what CONNECT says")
    func request() async throws {
        let requests = Mailbox<ConnectRequest>("a request")
        let authenticator = FakeAuthenticator { request in
            requests.push(request)
            return FakeAuthenticator.accept(request)
        }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            let client = try await endpoint.client()
            try await client.connect(
                ConnectPacket(
                    clientID: "dev1",
                    cleanSession: false,
                    userName: "hub.example.org/dev1/?api-version=2021-04-12",
                    password: ByteBuffer(string: "SharedAccessSignature x")
                )
            )
            var request = try await requests.next()
            #expect(request.remoteAddress.hasPrefix("127.0.0.1:"))
            request.remoteAddress = ""
            #expect(
                request
                    == ConnectRequest(
                        clientID: "dev1",
                        userName: "hub.example.org/dev1/?api-version=2021-04-12",
                        password: Array("SharedAccessSignature x".utf8),
                        version: .v311,
                        cleanSession: false,
                        wantsSession: true,
                        isTLS: false,
                        remoteAddress: ""
                    )
            )
        }
    }

    @Test(
        "a refusal is told with its code, and closes [MQTT-3.2.2-5]",
        arguments: [
            ConnectReturnCode.identifierRejected, .serverUnavailable, .badUserNameOrPassword, .notAuthorized,
        ]
    )
    func refusal(code: ConnectReturnCode) async throws {
        let authenticator = FakeAuthenticator { _ in .refuse(code.reason, reason: "because") }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            let client = try await endpoint.client()
            try await client.send(.connect(ConnectPacket(clientID: "dev1")))
            try await self.expectRefused(client, code)
            let refusal = try await endpoint.observer.refusals.next()
            #expect(refusal.clientID == "dev1")
            #expect(refusal.code == code.reason)
            #expect(refusal.reason == "because")
            try await eventually { endpoint.metrics.value("connections_refused{code=\(code.rawValue)}") == 1 }
            let isCredentials = code == .badUserNameOrPassword || code == .notAuthorized
            try await eventually { endpoint.metrics.value("authentication_failures") == (isCredentials ? 1 : 0) }
            #expect(endpoint.server.connectionCount == 0)
        }
    }

    @Test("MQTT 3.1 gets code 1 in the form of 3.1.1 [MQTT-3.1.2-2]")
    func protocolLevel() async throws {
        let level = UInt8(3)
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client()
            let name: [UInt8] = [0, 6] + Array("MQIsdp".utf8)
            let body = name + [level, 2, 0, 60, 0, 1, 0x61]
            await client.send(bytes: ByteBuffer(bytes: [0x10, UInt8(body.count)] + body))
            try await self.expectRefused(client, .unacceptableProtocolVersion)
        }
    }

    @Test("an empty client id without clean session gets code 2, 3.1.1 [MQTT-3.1.3-8]")
    func emptyClientID() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client()
            try await client.send(.connect(ConnectPacket(clientID: "", cleanSession: false)))
            try await self.expectRefused(client, .identifierRejected)
        }
    }

    @Test("after stopAccepting a CONNECT gets code 3, and accepted connections stay")
    func stopAccepting() async throws {
        try await TestEndpoint.run { endpoint in
            let old = try await endpoint.client("old")
            endpoint.server.stopAccepting()
            let new = try await endpoint.client()
            try await new.send(.connect(ConnectPacket(clientID: "new")))
            try await self.expectRefused(new, .serverUnavailable)
            try await old.send(.telemetry(of: "old", id: 1))
            try await old.expectAcknowledged([1])
        }
    }

    @Test("a decision that does not come in time is code 3")
    func slowDecision() async throws {
        let decisions = Mailbox<ConnectDecision>("a decision")
        let authenticator = FakeAuthenticator { _ in
            (try? await decisions.next()) ?? .refuse(.notAuthorized, reason: "the test is over")
        }
        try await TestEndpoint.run(
            authenticator: authenticator,
            configuration: .with(\.limits.authenticationTimeout, .milliseconds(50))
        ) { endpoint in
            let client = try await endpoint.client()
            try await client.send(.connect(ConnectPacket(clientID: "dev1")))
            try await self.expectRefused(client, .serverUnavailable)
            decisions.push(.accept(AcceptedConnection(principal: .identity(try #require(IdentityID("dev1"))))))
            #expect(endpoint.server.connectionCount == 0)
        }
    }

    @Test("more CONNECTs waiting for a decision than allowed get code 3")
    func tooManyDecisions() async throws {
        let decisions = Mailbox<ConnectDecision>("a decision")
        let asked = Mailbox<Void>("a request")
        let authenticator = FakeAuthenticator { request in
            asked.push(())
            return (try? await decisions.next()) ?? .refuse(.notAuthorized, reason: "the test is over")
        }
        try await TestEndpoint.run(authenticator: authenticator, configuration: .with(\.authenticationsMax, 1)) {
            endpoint in
            let first = try await endpoint.client()
            try await first.send(.connect(ConnectPacket(clientID: "first")))
            try await asked.next()
            let second = try await endpoint.client()
            try await second.send(.connect(ConnectPacket(clientID: "second")))
            try await self.expectRefused(second, .serverUnavailable)
            decisions.push(.accept(AcceptedConnection(principal: .identity(try #require(IdentityID("first"))))))
            #expect(
                try await first.next()
                    == .packet(.connack(ConnackPacket(sessionPresent: false, returnCode: .accepted)))
            )
        }
    }

    @Test("what a client sends right behind CONNECT waits for the decision")
    func pipelined() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client()
            try await client.send(
                .connect(ConnectPacket(clientID: "dev1")),
                .telemetry(of: "dev1", String(repeating: "x", count: 100_000), id: 1),
                .pingreq
            )
            let accepted = Packet.connack(ConnackPacket(sessionPresent: false, returnCode: .accepted))
            #expect(try await client.next() == .packet(accepted))
            #expect(try await client.next() == .packet(.pingresp))
            try await client.expectAcknowledged([1])
        }
    }

    @Test(
        "session present says what was kept, and never with a clean session [MQTT-3.2.2-2] [MQTT-3.2.2-3]",
        arguments: [(false, true, true), (false, false, false), (true, true, false)]
    )
    func sessionPresent(cleanSession: Bool, isKept: Bool, expected: Bool) async throws {
        try await TestEndpoint.run { endpoint in
            if isKept {
                let earlier = try await endpoint.client()
                try await earlier.connect(ConnectPacket(clientID: "dev1", cleanSession: false))
                try await earlier.send(.disconnect(DisconnectPacket()))
                try await earlier.expectClosed()
            }
            let client = try await endpoint.client()
            try await client.connect(
                ConnectPacket(clientID: "dev1", cleanSession: cleanSession),
                sessionPresent: expected
            )
        }
    }

    @Test("a newer connection of an identity closes the older at once, also across event loops [MQTT-3.1.4-2]")
    func takeover() async throws {
        try await TestEndpoint.run(threads: 2) { endpoint in
            var older = try await endpoint.client("dev1")
            for _ in 0..<4 {
                let newer = try await endpoint.client("dev1")
                try await older.expectClosed()
                let closing = try await endpoint.observer.closings.next()
                #expect(closing.1 == .takenOver)
                #expect(endpoint.server.connectionCount == 1)
                try await eventually { endpoint.metrics.value("connections") == 1 }
                try await newer.send(.telemetry(of: "dev1", id: 1))
                try await newer.expectAcknowledged([1])
                older = newer
            }
        }
    }

    @Test("the connection closes when its credentials' life ends")
    func expiry() async throws {
        let authenticator = FakeAuthenticator { request in
            guard let identity = IdentityID(request.clientID) else { return .refuse(.clientIDNotValid, reason: "") }
            let expiresAt = EventLog.wallClock() + .milliseconds(100)
            return .accept(AcceptedConnection(principal: .identity(identity), expiresAt: expiresAt))
        }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            let client = try await endpoint.client("dev1")
            try await client.expectClosed()
            #expect(endpoint.closed(.credentialsExpired) == 1)
        }
    }

    @Test("silence beyond the limit closes [MQTT-3.1.2-24]")
    func silence() async throws {
        try await TestEndpoint.run(configuration: .with(\.limits.silenceMax, .milliseconds(100))) { endpoint in
            let client = try await endpoint.client()
            try await client.connect(ConnectPacket(clientID: "dev1", keepAliveSeconds: 0))
            try await client.expectClosed()
            #expect(endpoint.closed(.keepAliveTimeout) == 1)
        }
    }

    @Test("an operator's disconnect closes the device and its modules, and nobody else")
    func administrative() async throws {
        try await TestEndpoint.run(threads: 2) { endpoint in
            let device = try await endpoint.client("dev1")
            let module = try await endpoint.client("dev1/mod1")
            let other = try await endpoint.client("dev10")
            #expect(
                endpoint.server.connections().map(\.principal.description).sorted() == ["dev1", "dev1/mod1", "dev10"]
            )
            endpoint.server.disconnect(identity: try #require(IdentityID("dev1")))
            try await device.expectClosed()
            try await module.expectClosed()
            try await other.expectNothingButPing()
            #expect(endpoint.closed(.administrative) == 2)
            #expect(endpoint.server.connectionCount == 1)
        }
    }

    @Test("a device that is disabled while its CONNECT is decided does not stay: code 3, and it may try again")
    func revokedMeanwhile() async throws {
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
            endpoint.server.disconnect(identity: try #require(IdentityID("dev1")))
            decisions.push(())
            try await self.expectRefused(client, .serverUnavailable)
            #expect(try await endpoint.observer.refusals.next().reason == "the registry changed meanwhile")
            #expect(endpoint.server.connectionCount == 0)
            try await eventually { endpoint.metrics.value("connections") == 0 }
            decisions.push(())
            _ = try await endpoint.client("dev1")
            try await eventually { endpoint.metrics.value("connections") == 1 }
        }
    }

    @Test("DISCONNECT closes from the server's side, too [MQTT-3.14.4-2]")
    func disconnect() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            let opening = try await endpoint.observer.openings.next()
            try await client.send(.disconnect(DisconnectPacket()))
            try await client.expectClosed()
            let closing = try await endpoint.observer.closings.next()
            #expect(closing.0 == opening)
            #expect(closing.1 == .disconnect)
            await endpoint.server.stop()
            #expect(endpoint.server.socketCount == 0)
            try await eventually { endpoint.metrics.value("sockets") == 0 }
            try await eventually { endpoint.metrics.value("connections") == 0 }
        }
    }
}
