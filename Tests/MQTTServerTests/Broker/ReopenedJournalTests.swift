import EventLog
import MQTTCodec
import MQTTProtocol
import NIOPosix
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

    /// Opens the journal again, and waits until what was kept is in it, though nobody publishes.
    private func reopen(_ bench: BrokerBench, _ client: ModelClient) async throws {
        bench.files.revive()
        let (log, topic) = (try #require(bench.log), try #require(bench.broker?.topic))
        try await NIOThreadPool.singleton.runIfActive { try log.reopenTopic(topic.name) }
        let end = topic.endOffsets[0]
        #expect(try await client.waits { _ in topic.endOffsets[0] > end })
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
        try await self.reopen(bench, client)
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
        let (publisher, client) = try await self.begin(bench)
        try await publisher.connect(bench.loops[0])
        let first = try await bench.loops[0].run { _ in publisher.attachment?.receive(5) }
        #expect(first == .new)
        try await publisher.publish("b", "1", .exactlyOnce, packetID: 5)
        bench.files.kill()
        try await bench.loops[0].run { _ in publisher.attachment?.release(5) }
        #expect(try await publisher.publish("a", "lost") == nil)
        try await self.reopen(bench, client)
        try await bench.restart()
        #expect(try await publisher.connect(bench.loops[0]) == true)
        let second = try await bench.loops[0].run { _ in publisher.attachment?.receive(5) }
        #expect(second == .new)
        try await bench.stop()
    }
}
