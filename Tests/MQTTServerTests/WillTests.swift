import EventLog
import Foundation
import MQTTCodec
import MQTTServer
import NIOCore
import ServerTestSupport
import TelemetryModel
import TestSupport
import Testing

@Suite("The Will becomes telemetry, contract iothub-mqtt section 4", .timeLimit(.minutes(1)))
struct WillTests {
    private static let will = ConnectPacket.Will(
        topic: ByteBuffer(string: "devices/dev1/messages/events/n=1"),
        payload: ByteBuffer(string: "gone")
    )

    /// A device with a Will, accepted.
    private func client(_ endpoint: TestEndpoint) async throws -> TestClient {
        let client = try await endpoint.client()
        try await client.connect(ConnectPacket(clientID: "dev1", will: WillTests.will))
        return client
    }

    /// The records once another device's message, sent now, is durable.
    private func records(_ endpoint: TestEndpoint) async throws -> [TestEndpoint.StoredRecord] {
        _ = try await endpoint.observer.closings.next()
        let other = try await endpoint.client("other")
        try await other.send(.telemetry(of: "other", id: 1))
        try await other.expectAcknowledged([1])
        return try endpoint.records().filter { $0.key == "dev1" }
    }

    @Test("a connection that is lost publishes it, with its bag and iothub-MessageType=Will [MQTT-3.1.2-8]")
    func lost() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await self.client(endpoint)
            try await client.close()
            let records = try await self.records(endpoint)
            #expect(records.map(\.value) == ["gone"])
            #expect(records.first?.headers["iothub-MessageType"] == "Will")
            #expect(records.first?.headers["n"] == "1")
            try await eventually { endpoint.metrics.value("wills_published") == 1 }
        }
    }

    @Test("it is in the log though nobody sends anything else")
    func alone() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await self.client(endpoint)
            try await client.close()
            try await eventually { endpoint.topic.recordCount == 1 }
        }
    }

    @Test(
        "with a delay it is dropped when the client resumes its session, on whatever loop, and is due when it does not",
        arguments: [true, false]
    )
    func delay(isResumed: Bool) async throws {
        try await TestEndpoint.run(threads: 2) { endpoint in
            var will = WillTests.will
            will.delaySeconds = 3_600
            let properties = ConnectProperties(sessionExpirySeconds: 7_200)
            for _ in 0..<4 {
                let client = try await endpoint.client(.v5)
                try await client.connect5("dev1", will: will, properties)
                try await client.close()
                _ = try await endpoint.observer.closings.next()
                let again = try await endpoint.client(.v5)
                try await again.connect5("dev1", cleanStart: !isResumed, sessionPresent: isResumed, properties)
                try await again.send(.disconnect(DisconnectPacket()))
                try await again.expectClosed()
                _ = try await endpoint.observer.closings.next()
            }
            if isResumed {
                #expect(endpoint.metrics.value("wills_published") == 0)
            } else {
                try await eventually { endpoint.topic.recordCount == 4 }
            }
        }
    }

    @Test("with a delay it is due over a restart of the server, once, of a module as well")
    func restart() async throws {
        let folder = try TestEndpoint.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let sessions = FakeSessions()
        var will = WillTests.will
        will.topic = ByteBuffer(string: "devices/dev1/modules/m/messages/events")
        will.delaySeconds = 1
        will.properties = PublishProperties(contentType: "text/plain")
        try await TestEndpoint.run(in: folder, sessions: sessions) { endpoint in
            let client = try await endpoint.client(.v5)
            try await client.connect5("dev1/m", will: will, ConnectProperties(sessionExpirySeconds: 7_200))
            try await client.close()
            _ = try await endpoint.observer.closings.next()
        }
        for _ in 0..<2 {
            try await TestEndpoint.run(in: folder, sessions: sessions) { endpoint in
                try await eventually { endpoint.topic.recordCount == 1 }
                let record = try #require(try endpoint.records().first)
                #expect(record.key == "dev1/m" && record.value == "gone")
                #expect(record.headers["content-type"] == "text/plain")
                #expect(record.headers["iothub-MessageType"] == "Will")
            }
        }
    }

    @Test("a connection that is taken over does not publish its delayed Will [MQTT-3.1.3-9]")
    func takeover() async throws {
        try await TestEndpoint.run(threads: 2) { endpoint in
            var will = WillTests.will
            will.delaySeconds = 3_600
            let properties = ConnectProperties(sessionExpirySeconds: 7_200)
            let older = try await endpoint.client(.v5)
            try await older.connect5("dev1", will: will, properties)
            let newer = try await endpoint.client(.v5)
            try await newer.connect5("dev1", cleanStart: false, sessionPresent: true, properties)
            #expect(endpoint.metrics.value("wills_published") == 0)
        }
    }

    @Test("a connection that the server closes for a fault publishes it [MQTT-3.1.2-8]")
    func fault() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await self.client(endpoint)
            try await client.send(.connect(ConnectPacket(clientID: "dev1")))
            try await client.expectClosed()
            #expect(try await self.records(endpoint).map(\.value) == ["gone"])
        }
    }

    @Test("DISCONNECT drops it [MQTT-3.1.2-10]")
    func disconnect() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await self.client(endpoint)
            try await client.send(.disconnect(DisconnectPacket()))
            try await client.expectClosed()
            #expect(try await self.records(endpoint).isEmpty)
        }
    }

    @Test("a stop of the server does not publish it")
    func shutdown() async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await self.client(endpoint)
            await endpoint.server.stop()
            try await client.expectClosed()
            endpoint.log.close()
            #expect(endpoint.topic.recordCount == 0)
            #expect(endpoint.metrics.value("wills_published") == 0)
        }
    }

    @Test(
        "a Will that is no telemetry of the identity gets code 5",
        arguments: [
            ("devices/dev2/messages/events/", "", QoS.atLeastOnce), ("status", "", .atMostOnce),
            ("$iothub/twin/GET/?$rid=1", "", .atMostOnce), ("devices/dev1/messages/events/", "", .exactlyOnce),
            ("devices/dev1/messages/events/%zz=", "", .atMostOnce),
        ]
    )
    func otherTopics(topic: String, payload: String, qos: QoS) async throws {
        try await TestEndpoint.run { endpoint in
            let client = try await endpoint.client()
            let will = ConnectPacket.Will(
                topic: ByteBuffer(string: topic),
                payload: ByteBuffer(string: payload),
                qos: qos
            )
            try await client.send(.connect(ConnectPacket(clientID: "dev1", will: will)))
            let refusal = Packet.connack(ConnackPacket(sessionPresent: false, returnCode: .notAuthorized))
            #expect(try await client.next() == .packet(refusal))
            try await client.expectClosed()
            #expect(endpoint.server.connectionCount == 0)
        }
    }
}
