import MQTTCodec
import MQTTServer
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("SUBSCRIBE and UNSUBSCRIBE, contract iothub-mqtt sections 2 and 10", .timeLimit(.minutes(1)))
struct SubscribeTests {
    private static let devicebound = "devices/dev1/messages/devicebound/#"

    private func subscribe(_ filters: (String, QoS)..., id: UInt16 = 1) -> Packet {
        .subscribe(
            SubscribePacket(
                packetID: id,
                requests: filters.map { SubscribePacket.Request(filter: $0.0, qos: $0.1) }
            )
        )
    }

    private func persistent(_ endpoint: TestEndpoint) async throws -> TestClient {
        let client = try await endpoint.client()
        try await client.connect(ConnectPacket(clientID: "dev1", cleanSession: false))
        return client
    }

    @Test("own hub filters are granted with QoS 1 at most, others get 0x80, in the order asked [MQTT-3.9.3-1]")
    func codes() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            try await client.send(
                self.subscribe(
                    (SubscribeTests.devicebound, .exactlyOnce),
                    ("devices/dev2/messages/devicebound/#", .atLeastOnce),
                    ("$iothub/twin/res/#", .atMostOnce),
                    ("#", .atLeastOnce),
                    ("$iothub/methods/POST/#", .atLeastOnce),
                    id: 9
                )
            )
            let codes: [SubackPacket.Code] = [
                .granted(.atLeastOnce), .failure, .granted(.atMostOnce), .failure, .granted(.atLeastOnce),
            ]
            #expect(try await client.next() == .packet(.suback(SubackPacket(packetID: 9, codes: codes))))
        }
    }

    @Test(
        "1,000 filters are granted, those beyond get 0x97, in MQTT 3.1.1 0x80; one that is there is replaced [MQTT-3.9.3-2]",
        arguments: MQTTVersion.allCases
    )
    func bound(version: MQTTVersion) async throws {
        try await TestEndpoint.run(authenticator: .application()) { endpoint in
            let client = try await endpoint.client(version)
            if version == .v5 { try await client.connect5("a") } else { try await client.connect("a") }
            let refused = version == .v5 ? ReasonCode.quotaExceeded : .failure
            let granted = ReasonCode.granted(.atMostOnce)
            let requests = (0...1_000).map { SubscribePacket.Request(filter: "f/\($0)", qos: .atMostOnce) }
            try await client.send(.subscribe(SubscribePacket(packetID: 1, requests: requests)))
            let codes = Array(repeating: granted, count: 1_000) + [refused]
            #expect(try await client.next() == .packet(.suback(SubackPacket(packetID: 1, codes: codes))))
            let again = ["f/1000", "f/0"].map { SubscribePacket.Request(filter: $0, qos: .exactlyOnce) }
            try await client.send(.subscribe(SubscribePacket(packetID: 2, requests: again)))
            let answer = SubackPacket(packetID: 2, codes: [refused, .granted(.exactlyOnce)])
            #expect(try await client.next() == .packet(.suback(answer)))
        }
    }

    @Test("without clean session SUBACK follows the save, and so does what comes behind")
    func savedFirst() async throws {
        let sessions = FakeSessions(permits: Mailbox<Bool>("a permit"))
        try await TestEndpoint.run(sessions: sessions) { endpoint in
            let client = try await self.persistent(endpoint)
            try await client.send(self.subscribe((SubscribeTests.devicebound, .atLeastOnce)), .pingreq)
            #expect(try await sessions.saves.next().filters == [SubscribeTests.devicebound])
            sessions.permits?.push(true)
            let answer = Packet.suback(SubackPacket(packetID: 1, codes: [.granted(.atLeastOnce)]))
            #expect(try await client.next() == .packet(answer))
            #expect(try await client.next() == .packet(.pingresp))
        }
    }

    @Test("two changes in one write are saved one after the other")
    func twoChanges() async throws {
        let sessions = FakeSessions()
        try await TestEndpoint.run(sessions: sessions) { endpoint in
            let client = try await self.persistent(endpoint)
            try await client.send(
                self.subscribe((SubscribeTests.devicebound, .atLeastOnce), id: 1),
                self.subscribe(("$iothub/twin/res/#", .atLeastOnce), id: 2),
                .unsubscribe(UnsubscribePacket(packetID: 3, filters: [SubscribeTests.devicebound]))
            )
            let granted: [SubackPacket.Code] = [.granted(.atLeastOnce)]
            #expect(try await client.next() == .packet(.suback(SubackPacket(packetID: 1, codes: granted))))
            #expect(try await client.next() == .packet(.suback(SubackPacket(packetID: 2, codes: granted))))
            #expect(try await client.next() == .packet(.unsuback(UnsubackPacket(packetID: 3))))
            #expect(try await sessions.saves.next().filters == [SubscribeTests.devicebound])
            #expect(try await sessions.saves.next().filters == [SubscribeTests.devicebound, "$iothub/twin/res/#"])
            #expect(try await sessions.saves.next().filters == ["$iothub/twin/res/#"])
        }
    }

    @Test("a save that fails closes without SUBACK")
    func saveFails() async throws {
        let sessions = FakeSessions(permits: Mailbox<Bool>("a permit"))
        try await TestEndpoint.run(sessions: sessions) { endpoint in
            let client = try await self.persistent(endpoint)
            sessions.permits?.push(false)
            try await client.send(self.subscribe((SubscribeTests.devicebound, .atLeastOnce)))
            try await client.expectClosed()
            #expect(endpoint.closed(.sessionStoreFailed) == 1)
        }
    }

    @Test("with clean session nothing is saved")
    func notSaved() async throws {
        let sessions = FakeSessions()
        try await TestEndpoint.run(sessions: sessions) { endpoint in
            let clean = try await endpoint.client("dev1")
            try await clean.send(self.subscribe((SubscribeTests.devicebound, .atLeastOnce)))
            #expect(try await clean.next() != .closed)
            let client = try await endpoint.client()
            try await client.connect(ConnectPacket(clientID: "dev2", cleanSession: false))
            try await client.send(self.subscribe(("$iothub/twin/res/#", .atLeastOnce)))
            #expect(try await client.next() != .closed)
            // The first save is the second client's.
            #expect(try await sessions.saves.next().filters == ["$iothub/twin/res/#"])
        }
    }
}
