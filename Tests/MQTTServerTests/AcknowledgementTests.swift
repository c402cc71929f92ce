import EventLog
import Glibc
import MQTTCodec
import MQTTServer
import ServerTestSupport
import TestSupport
import Testing

@Suite("PUBACK is a promise: it follows the fdatasync, DESIGN section 1", .timeLimit(.minutes(1)))
struct AcknowledgementTests {
    @Test("no PUBACK leaves before the fdatasync that covers its record has returned")
    func order() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            endpoint.files.holdSyncs()
            try await client.send(.telemetry(of: "dev1", id: 7))
            try await endpoint.files.heldSyncs.next()
            try await client.expectNothingButPing("the record is written, but not synced")
            #expect(endpoint.topic.recordCount == 0)
            endpoint.files.releaseSyncs()
            try await client.expectAcknowledged([7])
            #expect(endpoint.topic.recordCount == 1)
        }
    }

    @Test("a publish that arrives during an fdatasync waits for the next one")
    func nextCycle() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            endpoint.files.holdSyncs()
            try await client.send(.telemetry(of: "dev1", id: 1))
            try await endpoint.files.heldSyncs.next()
            try await client.send(.telemetry(of: "dev1", id: 2))
            try await client.expectNothingButPing()
            endpoint.files.releaseSyncs()
            try await client.expectAcknowledged([1, 2])
            #expect(endpoint.topic.commitCount == 2)
        }
    }

    @Test("one commit acknowledges the publishes of all connections, of all event loops, in their order [MQTT-4.6.0-2]")
    func manyConnections() async throws {
        try await TestEndpoint.run(threads: 2) { endpoint in
            endpoint.files.holdSyncs()
            let first = try await endpoint.client("first")
            try await first.send(.telemetry(of: "first", id: 1))
            try await endpoint.files.heldSyncs.next()
            var clients: [TestClient] = []
            for number in 0..<8 {
                let client = try await endpoint.client("dev\(number)")
                clients.append(client)
                for id in UInt16(1)...20 { try await client.send(.telemetry(of: "dev\(number)", "\(id)", id: id)) }
                try await client.expectNothingButPing()
            }
            endpoint.files.releaseSyncs()
            for client in clients { try await client.expectAcknowledged(1...20) }
            #expect(endpoint.topic.commitCount == 2)
            let records = try endpoint.records()
            for number in 0..<8 {
                #expect(records.filter { $0.key == "dev\(number)" }.map(\.value) == (1...20).map { "\($0)" })
            }
            try await eventually { endpoint.metrics.value("messages_acknowledged") == 161 }
        }
    }

    @Test("a failed fdatasync closes the publishers without PUBACK, and CONNECT gets code 3 from then on")
    func failedSync() async throws {
        try await TestEndpoint.run(threads: 2) { endpoint in
            let waiting = try await endpoint.client("waiting")
            let late = try await endpoint.client("late")
            let idle = try await endpoint.client("idle")
            endpoint.files.holdSyncs()
            try await waiting.send(.telemetry(of: "waiting", id: 1), .telemetry(of: "waiting", id: 2))
            try await endpoint.files.heldSyncs.next()
            try await late.send(.telemetry(of: "late", id: 1))
            try await late.expectNothingButPing()
            endpoint.files.failSyncs(errno: EIO)
            try await waiting.expectClosed()
            try await late.expectClosed()
            #expect(endpoint.topic.status != .open)
            #expect(endpoint.closed(.logUnavailable) == 2)
            #expect(endpoint.metrics.value("messages_acknowledged") == 0)
            try await eventually { endpoint.metrics.value("messages_unacknowledged") == 3 }

            let new = try await endpoint.client()
            try await new.send(.connect(ConnectPacket(clientID: "new")))
            let refusal = Packet.connack(ConnackPacket(sessionPresent: false, returnCode: .serverUnavailable))
            #expect(try await new.next() == .packet(refusal))
            try await new.expectClosed()

            // A connection that published nothing is closed when it does.
            try await idle.expectNothingButPing()
            try await idle.send(.telemetry(of: "idle", id: 1))
            try await idle.expectClosed()
            #expect(endpoint.closed(.logUnavailable) == 3)
        }
    }

    @Test("a publish that a fenced topic refuses is counted once")
    func refusedOnce() async throws {
        try await TestEndpoint.run(configuration: .with(\.stagedBytesMax, 1)) { endpoint in
            let devices = ["dev1", "dev2", "dev3"]
            var clients: [TestClient] = []
            for device in devices { clients.append(try await endpoint.client(device)) }
            endpoint.files.failSyncs(errno: EIO)
            for (device, client) in zip(devices, clients) {
                try await client.send(.telemetry(of: device, id: 1))
                try await client.expectClosed()
            }
            try await eventually { endpoint.metrics.value("messages_unacknowledged") == 3 }
            #expect(endpoint.closed(.logUnavailable) == 3)
        }
    }

    @Test("a full disk is the same to a device: closed without PUBACK, code 3")
    func fullDisk() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            endpoint.files.failSyncs(errno: ENOSPC)
            try await client.send(.telemetry(of: "dev1", id: 1))
            try await client.expectClosed()
            #expect(endpoint.closed(.logUnavailable) == 1)
        }
    }

    @Test("QoS 0 telemetry is stored and not answered [MQTT-4.3.1-1]")
    func qos0() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            try await client.send(
                .telemetry(of: "dev1", "zero", qos: .atMostOnce),
                .telemetry(of: "dev1", "one", id: 5)
            )
            try await client.expectAcknowledged([5])
            #expect(try endpoint.records().map(\.value) == ["zero", "one"])
            try await client.expectNothingButPing()
            try await eventually { endpoint.metrics.value("messages_received{qos=0}") == 1 }
            try await eventually { endpoint.metrics.value("messages_received{qos=1}") == 1 }
            try await eventually { endpoint.metrics.value("acknowledge") == 1 }
        }
    }

    @Test("a resend with DUP is stored and acknowledged again: at least once")
    func duplicate() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client("dev1")
            try await client.send(.telemetry(of: "dev1", "a", id: 3))
            try await client.expectAcknowledged([3])
            try await client.send(.telemetry(of: "dev1", "a", id: 3, isDuplicate: true))
            try await client.expectAcknowledged([3])
            #expect(endpoint.topic.recordCount == 2)
        }
    }

    @Test("what a client sent with QoS 0 before it closed is stored")
    func sentBeforeClose() async throws {
        try await TestEndpoint.run(configuration: .with(\.inflightMessagesMax, 2)) { endpoint in
            let client = try await endpoint.client("dev1")
            endpoint.files.holdSyncs()
            for id in 1...10 { try await client.send(.telemetry(of: "dev1", "\(id)", qos: .atMostOnce)) }
            try await client.send(.disconnect(DisconnectPacket()))
            try await client.close()
            #expect(try await endpoint.observer.closings.next().1 == .disconnect)
            endpoint.files.releaseSyncs()
            let other = try await endpoint.client("dev2")
            try await other.send(.telemetry(of: "dev2", id: 1))
            try await other.expectAcknowledged([1])
            let values = try endpoint.records().filter { $0.key == "dev1" }.map(\.value)
            #expect(values == (1...10).map { "\($0)" })
        }
    }
}
