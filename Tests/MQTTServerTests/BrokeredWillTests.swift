import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import ServerTestSupport
import Synchronization
import TelemetryModel
import TestSupport
import Testing

@Suite("Wills to ordinary topics, §3.1.2.5, §3.1.3.2", .timeLimit(.minutes(1)))
struct BrokeredWillTests {
    private static let anyone = FakeAuthenticator.application()

    private func will(retain: Bool = false, delaySeconds: UInt32 = 0) -> ConnectPacket.Will {
        ConnectPacket.Will(
            topic: ByteBuffer(string: "wills/a"),
            payload: ByteBuffer(string: "gone"),
            retain: retain,
            properties: PublishProperties(contentType: "text/plain"),
            delaySeconds: delaySeconds
        )
    }

    private func listener(_ endpoint: TestEndpoint) async throws -> TestClient {
        let listener = try await endpoint.client(.v5)
        try await listener.connect5("listener")
        try await listener.subscribe("wills/#", .atLeastOnce)
        return listener
    }

    @Test(
        "a lost connection publishes it with its properties, retained when asked [MQTT-3.1.2-8] [MQTT-3.1.2-14] [MQTT-3.1.2-15]",
        arguments: [true, false]
    )
    func lost(retain: Bool) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let listener = try await self.listener(endpoint)
            let client = try await endpoint.client(.v5)
            try await client.connect5("a", will: self.will(retain: retain))
            try await client.close()
            let publish = try await listener.nextPublish()
            #expect(publish.text == "gone")
            #expect(publish.properties?.contentType == "text/plain")
            let late = try await endpoint.client("late")
            try await late.subscribe("wills/a")
            if retain {
                #expect(try await late.nextPublish().retain)
            } else {
                try await late.expectNothingButPing()
            }
        }
    }

    @Test(
        "DISCONNECT drops it [MQTT-3.14.4-3], unless it says 0x04 §3.14.2.1",
        arguments: [(ReasonCode.normalDisconnection, false), (.disconnectWithWill, true)]
    )
    func disconnect(reason: ReasonCode, isPublished: Bool) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let listener = try await self.listener(endpoint)
            let client = try await endpoint.client(.v5)
            try await client.connect5("a", will: self.will())
            try await client.send(.disconnect(DisconnectPacket(reason: reason)))
            try await client.expectClosed()
            if isPublished {
                #expect(try await listener.nextPublish().text == "gone")
            } else {
                try await listener.expectNothingButPing()
            }
        }
    }

    @Test("with a delay it is not published when the client is back before [MQTT-3.1.3-9]")
    func delay() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let listener = try await self.listener(endpoint)
            let kept = ConnectProperties(sessionExpirySeconds: 100)
            let client = try await endpoint.client(.v5)
            try await client.connect5("a", will: self.will(delaySeconds: 60), kept)
            try await client.close()
            _ = try await endpoint.observer.closings.next()
            let back = try await endpoint.client(.v5)
            try await back.connect5(
                "a",
                cleanStart: false,
                sessionPresent: true,
                will: self.will(delaySeconds: 1),
                kept
            )
            try await listener.expectNothingButPing()
            try await back.close()
            #expect(try await listener.nextPublish().text == "gone")
        }
    }

    @Test("the end of the session publishes it before its delay [MQTT-3.1.3-9]")
    func sessionEnd() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let listener = try await self.listener(endpoint)
            let client = try await endpoint.client(.v5)
            try await client.connect5("a", will: self.will(delaySeconds: 3_600))
            try await client.close()
            #expect(try await listener.nextPublish().text == "gone")
        }
    }

    @Test(
        "of a client closed since its permissions changed it is judged by the new ones",
        arguments: [(["wills/#"], true), (["other"], false), (nil, true)] as [([String]?, Bool)]
    )
    func changedPermissions(publish: [String]?, isPublished: Bool) async throws {
        var authenticator = Self.anyone
        authenticator.grants = { _ in publish.map { TopicPermissions(publish: $0, subscribe: ["#"]) } }
        authenticator.decide = { request in
            let name = request.clientID == "a" ? "changed" : "other"
            let all = TopicPermissions(publish: ["#"], subscribe: ["#"])
            return .accept(AcceptedConnection(principal: .application(name), permissions: all))
        }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            let listener = try await self.listener(endpoint)
            let client = try await endpoint.client(.v5)
            try await client.connect5("a", will: self.will())
            endpoint.server.disconnect(.application("changed"))
            if isPublished { return #expect(try await listener.nextPublish().text == "gone") }
            // Comes back when the session is given back, and so when the Will is decided about.
            try await eventually { endpoint.server.connectionCount == 1 }
            let back = try await endpoint.client(.v5)
            try await back.connect5("a")
            try await back.publish("wills/b", "after")
            #expect(try await listener.nextPublish().text == "after")
        }
    }

    @Test("a subscription that is revoked while its client is away gets nothing more")
    func revokedSubscription() async throws {
        let isRevoked = Atomic<Bool>(false)
        let permissions: @Sendable () -> TopicPermissions = {
            TopicPermissions(publish: ["#"], subscribe: isRevoked.load(ordering: .relaxed) ? ["open"] : ["#"])
        }
        var authenticator = FakeAuthenticator { request in
            .accept(AcceptedConnection(principal: .application(request.clientID), permissions: permissions()))
        }
        authenticator.grants = { $0 == .application("a") ? permissions() : nil }
        try await TestEndpoint.run(authenticator: authenticator) { endpoint in
            let kept = ConnectProperties(sessionExpirySeconds: 100)
            let client = try await endpoint.client(.v5)
            try await client.connect5("a", kept)
            try await client.subscribe("secret", .atLeastOnce, id: 1)
            try await client.subscribe("open", .atLeastOnce, id: 2)
            try await client.send(.disconnect(DisconnectPacket()))
            try await client.expectClosed()
            let publisher = try await endpoint.client(.v5)
            try await publisher.connect5("publisher")
            try await publisher.publish("secret", "queued")
            isRevoked.store(true, ordering: .relaxed)
            endpoint.server.disconnect(.application("a"))
            try await publisher.publish("open", "queued")
            let back = try await endpoint.client(.v5)
            try await back.connect5("a", cleanStart: false, sessionPresent: true, kept)
            #expect(try await back.nextPublish().topic == ByteBuffer(string: "open"))
            try await back.expectNothingButPing()
        }
    }

    @Test("a Will to a topic that is not granted is refused with 0x87")
    func refused() async throws {
        try await TestEndpoint.run(authenticator: .application(publish: ["other/#"])) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.send(.connect(ConnectPacket(clientID: "a", will: self.will(), version: .v5)))
            guard case .packet(.connack(let connack)) = try await client.next() else {
                Issue.record("no CONNACK")
                return
            }
            #expect(connack.reason == .notAuthorized)
            try await client.expectClosed()
        }
    }
}
