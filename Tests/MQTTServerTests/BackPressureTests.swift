import EventLog
import MQTTCodec
import MQTTServer
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
}
