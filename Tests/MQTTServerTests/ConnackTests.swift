import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("CONNECT and CONNACK of MQTT 5, §3.1, §3.2", .timeLimit(.minutes(1)))
struct ConnackTests {
    private static let anyone = FakeAuthenticator.application()

    private func refusal(of client: TestClient) async throws -> ConnackPacket {
        guard case .packet(.connack(let connack)) = try await client.next() else {
            Issue.record("no CONNACK")
            return ConnackPacket(sessionPresent: false, reason: .success)
        }
        try await client.expectClosed()
        return connack
    }

    @Test("the server says what it takes [MQTT-3.2.2-15] [MQTT-3.2.2-17]")
    func limits() async throws {
        var configuration = MQTTServer.Configuration()
        configuration.receiveMaximum = 7
        configuration.topicAliasMax = 3
        configuration.packetSizeMax = 4_000
        try await TestEndpoint.run(authenticator: Self.anyone, configuration: configuration) { endpoint in
            let properties = try await endpoint.client(.v5).connect5("a")
            #expect(properties.receiveMaximum == 7)
            #expect(properties.topicAliasMax == 3)
            #expect(properties.packetSizeMax == 4_000)
            #expect(properties.assignedClientID == nil)
            #expect(properties.sessionExpirySeconds == nil)
            #expect(properties.serverKeepAliveSeconds == nil)
            #expect(properties.responseInformation == nil)
        }
    }

    @Test("a client without a name gets one of its own [MQTT-3.1.3-6] [MQTT-3.2.2-16]", arguments: [true, false])
    func assignedClientID(cleanStart: Bool) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let first = try await endpoint.client(.v5).connect5("", cleanStart: cleanStart)
            let second = try await endpoint.client(.v5).connect5("", cleanStart: cleanStart)
            let names = [first.assignedClientID, second.assignedClientID].compactMap { $0 }
            #expect(Set(names).count == 2)
            #expect(try await endpoint.observer.openings.next().clientID == names[0])
        }
    }

    @Test("an MQTT 3.1.1 client without a name is served with a clean session, 3.1.1 [MQTT-3.1.3-6]")
    func emptyClientID311() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            _ = try await endpoint.client("")
            #expect(endpoint.server.connectionCount == 1)
        }
    }

    @Test(
        "a Keep Alive longer than the server waits is cut, and told [MQTT-3.2.2-21]",
        arguments: [(UInt16(0), UInt16?.some(40)), (41, 40), (40, nil), (1, nil)]
    )
    func serverKeepAlive(asked: UInt16, told: UInt16?) async throws {
        try await TestEndpoint.run(
            authenticator: Self.anyone,
            configuration: .with(\.limits.silenceMax, .seconds(60))
        ) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.send(
                .connect(ConnectPacket(clientID: "a", keepAliveSeconds: asked, version: .v5))
            )
            guard case .packet(.connack(let connack)) = try await client.next() else {
                Issue.record("no CONNACK")
                return
            }
            #expect(connack.properties?.serverKeepAliveSeconds == told)
        }
    }

    @Test("response information is told to whom asks for it [MQTT-3.1.2-28]", arguments: [true, false])
    func responseInformation(asks: Bool) async throws {
        try await TestEndpoint.run(
            authenticator: Self.anyone,
            configuration: .with(\.responseInformation, "answers/")
        ) { endpoint in
            let properties = try await endpoint.client(.v5)
                .connect5("a", ConnectProperties(requestsResponseInformation: asks))
            #expect(properties.responseInformation == (asks ? "answers/" : nil))
        }
    }

    @Test("a protocol level above 5 gets 0x84 in the form of MQTT 5 [MQTT-3.1.2-2]")
    func protocolLevel() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client(.v5)
            let body: [UInt8] = [0, 4] + Array("MQTT".utf8) + [6, 2, 0, 60, 0, 0, 1, 0x61]
            await client.send(bytes: ByteBuffer(bytes: [0x10, UInt8(body.count)] + body))
            #expect(try await self.refusal(of: client).reason == .unsupportedProtocolVersion)
        }
    }

    @Test(
        "enhanced authentication gets 0x8C, with the reason unless the client does not want it [MQTT-3.1.2-29]",
        arguments: [true, false]
    )
    func enhancedAuthentication(wantsReason: Bool) async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client(.v5)
            let properties = ConnectProperties(
                requestsProblemInformation: wantsReason,
                authenticationMethod: "SCRAM-SHA-256"
            )
            try await client.send(.connect(ConnectPacket(clientID: "a", version: .v5, properties: properties)))
            let refusal = try await self.refusal(of: client)
            #expect(refusal.reason == .badAuthenticationMethod)
            #expect((refusal.properties?.reasonString != nil) == wantsReason)
        }
    }

    @Test("AUTH without an agreed method is a protocol error [MQTT-4.12.0-6]")
    func auth() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("a")
            try await client.send(.auth(AuthPacket(reason: .reauthenticate, authenticationMethod: "x")))
            try await client.expectDisconnect(.protocolError)
        }
    }

    @Test("what is wrong with credentials is not told, ids must not be probed")
    func silence() async throws {
        let authenticator = FakeAuthenticator { _ in .refuse(.notAuthorized, reason: "unknown identity") }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.send(.connect(ConnectPacket(clientID: "a", version: .v5)))
            let refusal = try await self.refusal(of: client)
            #expect(refusal.reason == .notAuthorized)
            #expect(refusal.properties == nil)
        }
    }

    @Test("the authenticator and the observer hear of version, session and transport")
    func request() async throws {
        let requests = Mailbox<ConnectRequest>("a request")
        let authenticator = FakeAuthenticator { request in
            requests.push(request)
            return await Self.anyone.authenticate(request)
        }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            try await endpoint.client(.v5)
                .connect5("a", cleanStart: false, ConnectProperties(sessionExpirySeconds: 10))
            let request = try await requests.next()
            #expect(request.version == .v5)
            #expect(request.wantsSession)
            #expect(!request.cleanSession)
            #expect(request.transport == .tcp)
            let opening = try await endpoint.observer.openings.next()
            #expect(opening.version == .v5)
            #expect(opening.principal == .application("tests"))
            #expect(opening.clientID == "a")
            try await endpoint.client(.v5).connect5("")
            #expect(try await requests.next().isClientIDAssigned)
        }
    }
}
