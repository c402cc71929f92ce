import EventLog
import MQTTCodec
import MQTTProtocol
import MQTTServer
import ServerTestSupport
import Testing

@Suite("Push back by not reading, STYLE section 5", .timeLimit(.minutes(1)))
struct BackPressureTests {
    @Test("a client at its in-flight bound waits, others do not, and all are acknowledged in the end")
    func window() async throws {
        try await TestEndpoint.run(configuration: .with(\.inflightMessagesMax, 4)) { endpoint in
            let client = try await endpoint.client("dev1")
            let other = try await endpoint.client("other")
            endpoint.files.holdSyncs()
            for id in UInt16(1)...10 { try await client.send(.telemetry(of: "dev1", id: id)) }
            try await endpoint.files.heldSyncs.next()
            try await client.send(.pingreq)
            try await other.expectNothingButPing()
            try await other.send(.telemetry(of: "other", id: 1))
            try await other.expectNothingButPing()
            #expect(endpoint.metrics.value("messages_received{qos=1}") <= 5)
            endpoint.files.releaseSyncs()
            try await other.expectAcknowledged([1])
            var ids: [UInt16] = []
            while ids.count < 10 {
                switch try await client.next() {
                case .packet(.puback(let packet)): ids.append(packet.packetID)
                case .packet(.pingresp): #expect(ids.count >= 4, "PINGREQ stood behind ten publishes")
                case let unexpected: Issue.record("\(unexpected)")
                }
            }
            #expect(ids == Array(1...10))
            #expect(endpoint.topic.recordCount == 11)
        }
    }

    @Test("a client at its bound in bytes waits")
    func bytes() async throws {
        try await TestEndpoint.run(configuration: .with(\.inflightBytesMax, 1_000)) { endpoint in
            let client = try await endpoint.client("dev1")
            endpoint.files.holdSyncs()
            let payload = String(repeating: "x", count: 600)
            for id in UInt16(1)...6 { try await client.send(.telemetry(of: "dev1", payload, id: id)) }
            try await endpoint.files.heldSyncs.next()
            endpoint.files.releaseSyncs()
            try await client.expectAcknowledged(1...6)
        }
    }

    @Test("a topic that has more than it can write holds its publishers, and lets them go on", arguments: [1, 2])
    func topicBackedUp(threads: Int) async throws {
        try await TestEndpoint.run(threads: threads, pendingBytesMax: 1_000) { endpoint in
            var clients: [TestClient] = []
            for number in 0..<6 { clients.append(try await endpoint.client("dev\(number)")) }
            endpoint.files.holdSyncs()
            let payload = String(repeating: "x", count: 400)
            for (number, client) in clients.enumerated() {
                for id in UInt16(1)...10 { try await client.send(.telemetry(of: "dev\(number)", payload, id: id)) }
            }
            try await endpoint.files.heldSyncs.next()
            endpoint.files.releaseSyncs()
            for client in clients { try await client.expectAcknowledged(1...10) }
            #expect(endpoint.topic.recordCount == 60)
        }
    }

    @Test("a connection may come and go while the topic is backed up")
    func closeWhileBackedUp() async throws {
        try await TestEndpoint.run(pendingBytesMax: 100) { endpoint in
            let first = try await endpoint.client("first")
            let second = try await endpoint.client("second")
            endpoint.files.holdSyncs()
            try await first.send(.telemetry(of: "first", String(repeating: "x", count: 200), id: 1))
            try await endpoint.files.heldSyncs.next()
            try await second.send(.telemetry(of: "second", "y", id: 1), .telemetry(of: "second", "z", id: 2))
            try await second.close()
            _ = try await endpoint.observer.closings.next()
            endpoint.files.releaseSyncs()
            try await first.expectAcknowledged([1])
            try await first.send(.telemetry(of: "first", id: 2))
            try await first.expectAcknowledged([2])
        }
    }

    private static let large = String(repeating: "x", count: 200)

    /// Returns when the server has seen what was sent before: it sees this socket come first, and close after that.
    private func passProbe(_ probe: TestClient, _ endpoint: TestEndpoint) async throws {
        try await probe.close()
        _ = try await endpoint.observer.closings.next()
    }

    @Test("a device that is accepted while the topic is backed up publishes when it is not any more")
    func acceptedWhileBackedUp() async throws {
        let decisions = Mailbox<Void>("a decision")
        let asked = Mailbox<Void>("a request")
        let authenticator = FakeAuthenticator { request in
            if request.clientID == "late" {
                asked.push(())
                try? await decisions.next()
            }
            return FakeAuthenticator.accept(request)
        }
        try await TestEndpoint.run(authenticator: authenticator, pendingBytesMax: 100) { endpoint in
            let first = try await endpoint.client("first")
            let late = try await endpoint.client()
            try await late.send(.connect(ConnectPacket(clientID: "late")))
            try await asked.next()
            endpoint.files.holdSyncs()
            try await first.send(.telemetry(of: "first", Self.large, id: 1))
            try await endpoint.files.heldSyncs.next()
            decisions.push(())
            let accepted = Packet.connack(ConnackPacket(sessionPresent: false, returnCode: .accepted))
            #expect(try await late.next() == .packet(accepted))
            try await late.send(.telemetry(of: "late", id: 1))
            endpoint.files.releaseSyncs()
            try await first.expectAcknowledged([1])
            try await late.expectAcknowledged([1])
        }
    }

    @Test("a device whose subscriptions are saved while the topic is backed up publishes when it is not any more")
    func savedWhileBackedUp() async throws {
        let sessions = FakeSessions(permits: Mailbox("a permit"))
        try await TestEndpoint.run(sessions: sessions, pendingBytesMax: 100) { endpoint in
            let first = try await endpoint.client("first")
            let client = try await endpoint.client()
            try await client.connect(ConnectPacket(clientID: "dev1", cleanSession: false))
            let filter = "devices/dev1/messages/devicebound/#"
            let request = SubscribePacket.Request(filter: filter, qos: .atMostOnce)
            try await client.send(.subscribe(SubscribePacket(packetID: 1, requests: [request])))
            _ = try await sessions.saves.next()
            endpoint.files.holdSyncs()
            try await first.send(.telemetry(of: "first", Self.large, id: 1))
            try await endpoint.files.heldSyncs.next()
            sessions.permits?.push(true)
            let saved = Packet.suback(SubackPacket(packetID: 1, codes: [.granted(.atMostOnce)]))
            #expect(try await client.next() == .packet(saved))
            try await client.send(.telemetry(of: "dev1", id: 2))
            endpoint.files.releaseSyncs()
            try await first.expectAcknowledged([1])
            try await client.expectAcknowledged([2])
        }
    }

    @Test("publishers that fill the topic again when it lets them go on are let go on again")
    func filledAgain() async throws {
        try await TestEndpoint.run(pendingBytesMax: 100, configuration: .with(\.stagedBytesMax, 1)) { endpoint in
            let first = try await endpoint.client("first")
            let second = try await endpoint.client("second")
            let third = try await endpoint.client("third")
            let probe = try await endpoint.client("probe")
            endpoint.files.holdSyncs()
            try await first.send(.telemetry(of: "first", Self.large, id: 1))
            try await endpoint.files.heldSyncs.next()
            try await second.send(.telemetry(of: "second", Self.large, id: 1))
            try await third.send(.telemetry(of: "third", Self.large, id: 1))
            try await self.passProbe(probe, endpoint)
            endpoint.files.releaseSyncs()
            for (device, client) in [("first", first), ("second", second), ("third", third)] {
                try await client.expectAcknowledged([1])
                try await client.send(.telemetry(of: device, id: 2))
                try await client.expectAcknowledged([2])
            }
        }
    }

    @Test("a client that the server does not read for longer than 1.5 × Keep Alive stays")
    func stallBeyondKeepAlive() async throws {
        var configuration = MQTTServer.Configuration.with(\.inflightMessagesMax, 1)
        configuration.limits.silenceMax = .seconds(1)
        try await TestEndpoint.run(configuration: configuration) { endpoint in
            let client = try await endpoint.client()
            try await client.connect(ConnectPacket(clientID: "dev1", keepAliveSeconds: 0))
            endpoint.files.holdSyncs()
            try await client.send(.telemetry(of: "dev1", id: 1))
            try await endpoint.files.heldSyncs.next()
            try await client.send(.telemetry(of: "dev1", id: 2), .pingreq)
            // One after the other, two others are silent for their whole limit.
            for number in 1...2 {
                let idle = try await endpoint.client()
                try await idle.connect(ConnectPacket(clientID: "idle\(number)", keepAliveSeconds: 0))
                try await idle.expectClosed()
            }
            #expect(endpoint.closed(.keepAliveTimeout) == 2)
            endpoint.files.releaseSyncs()
            try await client.expectAcknowledged([1])
            var answers: [TestClient.Event] = []
            while answers.count < 2 { answers.append(try await client.next()) }
            #expect(answers.contains(.packet(.puback(PubackPacket(packetID: 2)))))
            #expect(answers.contains(.packet(.pingresp)))
        }
    }
}
