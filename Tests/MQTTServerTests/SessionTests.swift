import MQTTCodec
import MQTTProtocol
import MQTTServer
import NIOCore
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("Sessions across connections, §4.1, §4.3, §4.4", .timeLimit(.minutes(1)))
struct SessionTests {
    private static let anyone = FakeAuthenticator.application()
    private static let kept = ConnectProperties(sessionExpirySeconds: 1_000)

    /// A connection of a kept session.
    private func resume(_ endpoint: TestEndpoint, _ name: String, isPresent: Bool) async throws -> TestClient {
        let client = try await endpoint.client(.v5)
        try await client.connect5(name, cleanStart: false, sessionPresent: isPresent, Self.kept)
        return client
    }

    @Test(
        "what comes while the client is away waits for it, QoS 1 and 2 [MQTT-3.1.2-23] [MQTT-4.4.0-1]",
        arguments: [1, 2]
    )
    func away(threads: Int) async throws {
        try await TestEndpoint.run(authenticator: Self.anyone, threads: threads) { endpoint in
            let first = try await self.resume(endpoint, "s", isPresent: false)
            try await first.subscribe("t", .exactlyOnce)
            try await first.close()
            _ = try await endpoint.observer.closings.next()
            let publisher = try await endpoint.client("p")
            for id in UInt16(1)...3 {
                try await publisher.publish("t", "\(id)", id == 2 ? .exactlyOnce : .atLeastOnce, id: id)
            }
            let second = try await self.resume(endpoint, "s", isPresent: true)
            for number in 1...3 {
                let publish = try await second.nextPublish()
                #expect(publish.text == "\(number)")
                #expect(publish.qos == (number == 2 ? .exactlyOnce : .atLeastOnce))
            }
        }
    }

    @Test("unacknowledged deliveries come again with DUP and their identifier, in order [MQTT-4.4.0-1] [MQTT-4.6.0-1]")
    func redelivery() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let first = try await self.resume(endpoint, "s", isPresent: false)
            try await first.subscribe("t", .atLeastOnce)
            let publisher = try await endpoint.client("p")
            for id in UInt16(1)...3 { try await publisher.publish("t", "\(id)", id: id) }
            var ids: [UInt16] = []
            for _ in 1...3 { ids.append(try await first.nextPublish().packetID) }
            try await first.send(.puback(PubackPacket(packetID: ids[0])))
            try await first.expectNothingButPing()
            try await first.close()
            let second = try await self.resume(endpoint, "s", isPresent: true)
            for number in 2...3 {
                let publish = try await second.nextPublish()
                #expect(publish.text == "\(number)")
                #expect(publish.isDuplicate)
                #expect(publish.packetID == ids[number - 1])
            }
        }
    }

    @Test("a QoS 2 publish sent again after a reconnect is taken once [MQTT-4.3.3-10]")
    func inboundQoS2() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let subscriber = try await endpoint.client("s")
            try await subscriber.subscribe("t", .exactlyOnce)
            let first = try await self.resume(endpoint, "p", isPresent: false)
            try await first.send(.message("t", "once", .exactlyOnce, id: 7))
            #expect(try await first.next() == .packet(.pubrec(PubrecPacket(packetID: 7))))
            try await first.close()
            let second = try await self.resume(endpoint, "p", isPresent: true)
            try await second.send(.message("t", "once", .exactlyOnce, id: 7, isDuplicate: true))
            #expect(try await second.next() == .packet(.pubrec(PubrecPacket(packetID: 7))))
            for reason in [ReasonCode.success, .packetIDNotFound] {
                try await second.send(.pubrel(PubrelPacket(packetID: 7)))
                #expect(try await second.next() == .packet(.pubcomp(PubcompPacket(packetID: 7, reason: reason))))
            }
            try await second.send(.message("t", "new", .exactlyOnce, id: 7))
            #expect(try await second.next() == .packet(.pubrec(PubrecPacket(packetID: 7))))
            #expect(try await subscriber.nextPublish().text == "once")
            #expect(try await subscriber.nextPublish().text == "new")
        }
    }

    @Test("a QoS 2 delivery goes on where it stopped: PUBREL, not PUBLISH, after PUBREC [MQTT-4.4.0-1]")
    func outboundQoS2() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let first = try await self.resume(endpoint, "s", isPresent: false)
            try await first.subscribe("t", .exactlyOnce)
            let publisher = try await endpoint.client("p")
            try await publisher.publish("t", "x", .exactlyOnce)
            let id = try await first.nextPublish().packetID
            try await first.send(.pubrec(PubrecPacket(packetID: id)))
            #expect(try await first.next() == .packet(.pubrel(PubrelPacket(packetID: id))))
            try await first.close()
            let second = try await self.resume(endpoint, "s", isPresent: true)
            #expect(try await second.next() == .packet(.pubrel(PubrelPacket(packetID: id))))
            try await second.send(.pubcomp(PubcompPacket(packetID: id)))
            try await second.expectNothingButPing()
            try await second.close()
            let third = try await self.resume(endpoint, "s", isPresent: true)
            try await third.expectNothingButPing("the delivery is over")
        }
    }

    @Test("PUBREC with a failure ends a delivery [MQTT-4.3.3-4]; PUBREC of an unknown one is answered with 0x92")
    func pubrec() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let client = try await self.resume(endpoint, "s", isPresent: false)
            try await client.subscribe("t", .exactlyOnce)
            let publisher = try await endpoint.client("p")
            try await publisher.publish("t", "x", .exactlyOnce)
            let id = try await client.nextPublish().packetID
            try await client.send(.pubrec(PubrecPacket(packetID: id, reason: .quotaExceeded)))
            try await client.expectNothingButPing()
            try await client.send(.pubrec(PubrecPacket(packetID: 99)))
            #expect(try await client.next() == .packet(.pubrel(PubrelPacket(packetID: 99, reason: .packetIDNotFound))))
        }
    }

    @Test("clean start ends the earlier session [MQTT-3.1.2-4]")
    func cleanStart() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let first = try await self.resume(endpoint, "s", isPresent: false)
            try await first.subscribe("t", .atLeastOnce)
            try await first.send(.disconnect(DisconnectPacket()))
            try await first.expectClosed()
            let second = try await endpoint.client(.v5)
            try await second.connect5("s", cleanStart: true, Self.kept)
            let publisher = try await endpoint.client("p")
            try await publisher.publish("t", "x")
            try await second.expectNothingButPing()
        }
    }

    @Test("an MQTT 3.1.1 session is kept without clean session and resumed by MQTT 5, too")
    func versions() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let old = try await endpoint.client()
            try await old.connect(ConnectPacket(clientID: "s", cleanSession: false))
            try await old.subscribe("t", .atLeastOnce)
            try await old.send(.disconnect(DisconnectPacket()))
            try await old.expectClosed()
            let publisher = try await endpoint.client("p")
            try await publisher.publish("t", "x")
            let new = try await self.resume(endpoint, "s", isPresent: true)
            #expect(try await new.nextPublish().text == "x")
        }
    }

    @Test("nothing that a kept session waits for is visible before it is synced")
    func visibility() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone) { endpoint in
            let kept = try await self.resume(endpoint, "s", isPresent: false)
            try await kept.subscribe("t", .atLeastOnce)
            let publisher = try await endpoint.client("p")
            endpoint.files.holdSyncs()
            try await publisher.send(.message("t", "x", id: 3))
            try await endpoint.files.heldSyncs.next()
            try await publisher.expectNothingButPing()
            try await kept.expectNothingButPing()
            endpoint.files.releaseSyncs()
            try await publisher.expectAcknowledged([3])
            #expect(try await kept.nextPublish().text == "x")
        }
    }
}
