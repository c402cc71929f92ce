import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel
import TestSupport
import Testing

@testable import MQTTServer

@Suite("Sessions of a principal whose permissions change", .timeLimit(.minutes(1)))
struct ChangedPermissionsTests {
    private let app = Principal.application("app")

    private func permissions(_ subscribe: String, publish: [String] = []) -> TopicPermissions {
        TopicPermissions(publish: publish, subscribe: [subscribe])
    }

    private func filters(_ bench: BrokerBench, _ clientID: String) -> [String] {
        bench.sessions.rows.first { $0.key.clientID == clientID }?.subscriptions.map(\.fullFilter) ?? []
    }

    @Test(
        "a revoked filter of one who is away leaves tree and store; what was queued is not delivered",
        arguments: [false, true]
    )
    func away(restarts: Bool) async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock, principal: .application("other"))
        try await publisher.connect(bench.loops[0])
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1])
        try await client.subscribe("secret")
        try await client.subscribe("open")
        try await client.subscribe("$share/g/secret")
        try await client.disconnect()
        try await eventually { client.attachment == nil }
        for topic in ["secret", "open"] { try await publisher.publish(topic, "before") }
        bench.broker?.judgeSessions(of: self.app) { _ in self.permissions("open") }
        try await eventually { self.filters(bench, "one") == ["open"] }
        #expect(try await publisher.publish("secret", "after") == .noMatchingSubscribers)
        #expect(try await publisher.publish("open", "after") == .success)
        if restarts { try await bench.restart() }
        #expect(try await client.connect(bench.loops[1], permissions: self.permissions("open")))
        #expect(try await client.waits { $0.received.count >= 2 })
        try await client.publishNothing(on: bench.loops[1])
        #expect(client.received.map(\.topic) == ["open", "open"])
        #expect(client.payloads == ["before", "after"])
        try await bench.stop()
    }

    @Test("who is connected gets nothing more at once, and comes back to a session without the filter")
    func connected() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock, principal: .application("other"))
        try await publisher.connect(bench.loops[0])
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1])
        try await client.subscribe("secret")
        try await client.subscribe("open")
        bench.broker?.judgeSessions(of: self.app) { _ in self.permissions("open") }
        #expect(try await publisher.publish("secret", "after") == .noMatchingSubscribers)
        try await client.disconnect()
        try await eventually { self.filters(bench, "one") == ["open"] }
        #expect(try await client.connect(bench.loops[0]))
        #expect(try await publisher.publish("secret", "later") == .noMatchingSubscribers)
        #expect(try await publisher.publish("open", "later") == .success)
        try await bench.stop()
    }

    @Test("others, and filters that are still granted, are not touched")
    func others() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let other = ModelClient("other", clock: bench.clock, principal: .application("other"))
        try await other.connect(bench.loops[0])
        try await other.subscribe("secret")
        let calls = bench.sessions.calls
        bench.broker?.judgeSessions(of: self.app) { _ in .none }
        bench.broker?.judgeSessions(of: .application("other")) { _ in self.permissions("#") }
        #expect(try await other.publish("secret", "all the same") == .success)
        try await other.disconnect()
        try await other.connect(bench.loops[0])
        #expect(bench.sessions.calls == calls)
        #expect(self.filters(bench, "other") == ["secret"])
        try await bench.stop()
    }

    @Test("a Will that waits for its delay is dropped when its topic is revoked, else kept", arguments: [false, true])
    func delayedWill(isRevoked: Bool) async throws {
        let bench = BrokerBench()
        try await bench.start()
        let listener = ModelClient("listener", clock: bench.clock, principal: .application("other"))
        try await listener.connect(bench.loops[0])
        try await listener.subscribe("w")
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1], will: ("w", "gone", 3_600))
        try await client.disconnect(publishesWill: true)
        try await client.publishNothing(on: bench.loops[1])
        bench.broker?.judgeSessions(of: self.app) { _ in self.permissions("#", publish: isRevoked ? [] : ["w"]) }
        bench.broker?.endSessions(of: [self.app])
        try await listener.publish("w", "last")
        #expect(try await listener.waits { $0.payloads.contains("last") })
        if isRevoked {
            #expect(listener.payloads == ["last"])
        } else {
            #expect(try await listener.waits { Set($0.payloads) == ["gone", "last"] })
        }
        try await bench.stop()
    }

    @Test("a CONNECT whose store step fails does not save a deleted principal's session")
    func failedStep() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0])
        try await client.subscribe("a")
        try await client.disconnect()
        try await client.publishNothing(on: bench.loops[0])
        bench.sessions.fail(with: "full disk")
        bench.sessions.hold()
        // Another expiry: a store step.
        let loop = bench.loops[0]
        let refused = Task { try await client.connect(loop, expirySeconds: 60) }
        try await eventually { bench.sessions.isHolding }
        bench.broker?.endSessions(of: [self.app])
        bench.sessions.release()
        await #expect(throws: AttachError.self) { _ = try await refused.value }
        bench.sessions.fail(with: nil)
        #expect(try await client.connect(bench.loops[0]) == false)
        try await bench.stop()
    }
}
