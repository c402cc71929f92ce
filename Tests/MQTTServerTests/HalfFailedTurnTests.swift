import EventLog
import Foundation
import Glibc
import MQTTCodec
import MQTTServer
import NIOPosix
import ServerTestSupport
import TelemetryModel
import Testing

@Suite("A turn of which `_mqtt` has its part and telemetry has not", .timeLimit(.minutes(1)))
struct HalfFailedTurnTests {
    private static let anyone = FakeAuthenticator.application()
    private static let kept = ConnectProperties(sessionExpirySeconds: 100)

    private func resume(_ clientID: String, _ endpoint: TestEndpoint) async throws -> TestClient {
        let client = try await endpoint.client(.v5)
        try await client.connect5(clientID, cleanStart: false, sessionPresent: true, Self.kept)
        return client
    }

    /// Leaves a subscription behind.
    private func watch(_ endpoint: TestEndpoint) async throws {
        let watcher = try await endpoint.client(.v5)
        try await watcher.connect5("watcher", Self.kept)
        try await watcher.subscribe("ingest/#", .atLeastOnce)
        try await watcher.send(.disconnect(DisconnectPacket()))
        try await watcher.expectClosed()
    }

    /// Publishes with QoS 2 while telemetry is not synced.
    private func publish(_ endpoint: TestEndpoint) async throws {
        let publisher = try await endpoint.client(.v5)
        try await publisher.connect5("publisher", Self.kept)
        endpoint.files.failSyncs(errno: EIO, of: "/telemetry/")
        try await publisher.send(.message("ingest/dev1/t", "1", .exactlyOnce, id: 5, retain: true))
        try await publisher.expectDisconnect(.serverBusy)
        endpoint.files.releaseSyncs()
        let log = endpoint.log
        try await NIOThreadPool.singleton.runIfActive { try log.reopenTopic("telemetry") }
    }

    /// The publisher sends it again: it becomes telemetry, and its subscribers have it once.
    private func expectOnce(_ endpoint: TestEndpoint) async throws {
        let watcher = try await self.resume("watcher", endpoint)
        let message = try await watcher.nextPublish()
        #expect(message.text == "1")
        try await watcher.send(.puback(PubackPacket(packetID: message.packetID)))
        let publisher = try await self.resume("publisher", endpoint)
        try await publisher.send(.message("ingest/dev1/t", "1", .exactlyOnce, id: 5, isDuplicate: true, retain: true))
        #expect(try await publisher.next() == .packet(.pubrec(PubrecPacket(packetID: 5))))
        #expect(try endpoint.records().map(\.value) == ["{1}"])
        try await publisher.send(.pubrel(PubrelPacket(packetID: 5)))
        #expect(try await publisher.next() == .packet(.pubcomp(PubcompPacket(packetID: 5))))
        try await watcher.expectNothingButPing()
        let late = try await endpoint.client("late")
        try await late.subscribe("ingest/#")
        #expect(try await late.nextPublish().text == "1")
    }

    @Test("its messages have happened: sessions that are away and the retained set say the same over a restart")
    func happened() async throws {
        for isRestarted in [false, true] {
            let folder = NSTemporaryDirectory() + "weir-half-\(UInt64.random(in: 0 ... .max))"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let sessions = FakeSessions()
            let rules = IngestTests.Rules()
            try await TestEndpoint.run(
                in: folder,
                authenticator: Self.anyone,
                sessions: sessions,
                ingesting: rules
            ) { endpoint in
                try await self.watch(endpoint)
                try await self.publish(endpoint)
                if !isRestarted { try await self.expectOnce(endpoint) }
            }
            guard isRestarted else { continue }
            try await TestEndpoint.run(
                in: folder,
                authenticator: Self.anyone,
                sessions: sessions,
                ingesting: rules
            ) { try await self.expectOnce($0) }
        }
    }

    @Test("when telemetry takes nothing any more, what `_mqtt` is still writing reaches its subscribers")
    func refused() async throws {
        try await TestEndpoint.run(authenticator: Self.anyone, ingesting: IngestTests.Rules()) { endpoint in
            try await self.watch(endpoint)
            let watcher = try await self.resume("watcher", endpoint)
            let publisher = try await endpoint.client(.v5)
            try await publisher.connect5("publisher", Self.kept)
            endpoint.files.failSyncs(errno: EIO, of: "/telemetry/")
            let first = try await endpoint.client("first")
            try await first.send(.message("ingest/dev1/keep", "0", id: 1))
            try await first.expectClosed()
            try await publisher.send(.message("ingest/dev1/t", "1", .exactlyOnce, id: 5))
            try await publisher.expectDisconnect(.serverBusy)
            #expect(try await watcher.nextPublish().text == "1")
        }
    }
}
