import EventLog
import MQTTCodec
import MQTTProtocol
import TestSupport
import Testing

@testable import MQTTServer

@Suite("What subscribers acknowledge while the journal takes nothing, MQTT 5.0 §4.1", .timeLimit(.minutes(2)))
struct ReopenedJournalTests {
    /// A subscriber that has three messages and has acknowledged none of them.
    private func begin(_ bench: BrokerBench) async throws -> (publisher: ModelClient, client: ModelClient) {
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        client.answers = .none
        try await client.connect(bench.loops[0])
        try await client.subscribe("a")
        for number in 1...3 { try await publisher.publish("a", "\(number)") }
        #expect(try await client.waits { $0.publishes == 3 })
        return (publisher, client)
    }

    private func acknowledge(_ index: Int, _ client: ModelClient, _ bench: BrokerBench) async throws {
        let packetID = client.packetIDs[index]
        let isKnown = try await bench.loops[0].run { _ in client.attachment?.puback(packetID) }
        #expect(isKnown == true)
    }

    @Test("is not sent again after a later restart, and what they did not acknowledge is")
    func settled() async throws {
        let bench = BrokerBench()
        let (publisher, client) = try await self.begin(bench)
        // One goes with the write that fails, one is refused behind it.
        bench.files.kill()
        try await self.acknowledge(0, client, bench)
        #expect(try await publisher.publish("a", "lost") == nil)
        try await self.acknowledge(1, client, bench)
        #expect(try await publisher.publish("a", "lost too") == nil)
        try await bench.reopen()
        try await bench.restart()
        client.answers = .all
        #expect(try await client.connect(bench.loops[0]) == true)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        try await publisher.publish("a", "new")
        #expect(try await client.waits { $0.payloads.last == "new" })
        #expect(client.payloads == ["1", "2", "3", "3", "new"])
        try await bench.stop()
    }

    @Test("an identifier that a client gave free meanwhile is free after a later restart: a new message is new")
    func released() async throws {
        let bench = BrokerBench()
        let (publisher, _) = try await self.begin(bench)
        try await publisher.connect(bench.loops[0])
        let first = try await bench.loops[0].run { _ in publisher.attachment?.receive(5) }
        #expect(first == .new)
        try await publisher.publish("b", "1", .exactlyOnce, packetID: 5)
        bench.files.kill()
        try await bench.loops[0].run { _ in publisher.attachment?.release(5) }
        #expect(try await publisher.publish("a", "lost") == nil)
        try await bench.reopen()
        try await bench.restart()
        #expect(try await publisher.connect(bench.loops[0]) == true)
        let second = try await bench.loops[0].run { _ in publisher.attachment?.receive(5) }
        #expect(second == .new)
        try await bench.stop()
    }

    @Test("the identifier of a QoS 2 delivery whose record was not written is free")
    func lostDelivery() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1])
        try await client.subscribe("a", .exactlyOnce)
        try await client.disconnect()
        bench.files.kill()
        for number in 0..<3 { #expect(try await publisher.publish("a", "\(number)", .exactlyOnce) == nil) }
        #expect(client.identifiersInUse(in: bench) == 0)
        try await bench.stop()
    }

    @Test("the identifier of a QoS 2 exchange that ended meanwhile is free when the journal is open again")
    func endedExchange() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        client.answers = .untilPubrec
        try await client.connect(bench.loops[0])
        try await client.subscribe("a", .exactlyOnce)
        try await publisher.publish("a", "1", .exactlyOnce)
        #expect(try await client.waits { $0.releases == 1 })
        bench.files.kill()
        let packetID = client.packetIDs[0]
        let isKnown = try await bench.loops[0].run { _ in client.attachment?.pubcomp(packetID) }
        #expect(isKnown == true)
        #expect(try await publisher.publish("b", "lost", retain: true) == nil)
        #expect(client.identifiersInUse(in: bench) == 1)
        try await bench.reopen()
        try await eventually { client.identifiersInUse(in: bench) == 0 }
        try await bench.stop()
    }
}

extension ModelClient {
    /// Identifiers of QoS 2 deliveries of its session.
    fileprivate func identifiersInUse(in bench: BrokerBench) -> Int? {
        var count: Int?
        bench.broker?.withState { count = $0.slots[self.key]?.session?.packetIDs.count }
        return count
    }
}
