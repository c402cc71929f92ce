import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel
import Testing

@testable import MQTTServer

@Suite("The subscriptions of a session, MQTT 5.0 §3.8, §3.10", .timeLimit(.minutes(1)))
struct SubscriptionBoundTests {
    private static let composed = "caf\u{E9}"
    private static let decomposed = "cafe\u{301}"

    private func subscriptions(_ filters: [String], _ qos: QoS = .atLeastOnce) throws -> [Subscription] {
        try filters.map { try Subscription(fullFilter: $0, qos: qos) }
    }

    private func client(_ bench: BrokerBench) async throws -> ModelClient {
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0])
        return client
    }

    @Test("new filters have room up to the bound, filters that are there always [MQTT-3.8.4-3]")
    func room() async throws {
        let bench = BrokerBench()
        bench.configuration.subscriptionsMax = 3
        try await bench.start()
        let client = try await self.client(bench)
        for filter in ["a", "b"] { try await client.subscribe(filter) }
        let asked = [["c"], ["c", "d"], ["c", "c", "c"], ["a", "b", "c", "a"], ["d", "a", "e"], ["a", "d", "b"]]
        let expected = [
            [true], [true, false], [true, true, true], [true, true, true, false], [true, true, false],
            [true, true, true],
        ]
        for (filters, rooms) in zip(asked, expected) {
            let asked = try self.subscriptions(filters)
            let room = try await bench.loops[0].run { _ in client.attachment?.room(for: asked) }
            #expect(room == rooms)
        }
        try await bench.stop()
    }

    @Test("of equal filters in a packet the last counts, and 48,000 of them take no longer than a look [MQTT-3.8.4-3]")
    func equal() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let client = try await self.client(bench)
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[1], expirySeconds: 0)
        try await publisher.publish("a/b", "x", retain: true)
        let many = try self.subscriptions(Array(repeating: "a/+", count: 48_000))
        let last = try self.subscriptions(["a/+"], .atMostOnce)
        let promise = bench.loops[0].eventLoop.makePromise(of: Void.self)
        try await bench.loops[0].run { _ in
            client.attachment?.subscribe(many + last) { promise.completeWith($0) }
        }
        try await promise.futureResult.get()
        #expect(bench.sessions.rows.first?.subscriptions == last)
        #expect(try await client.waits { !$0.received.isEmpty })
        try await publisher.publish("a/b", "y")
        #expect(try await client.waits { $0.received.count == 2 })
        #expect(client.received.map(\.qos) == [.atMostOnce, .atMostOnce])
        let existed = try await self.unsubscribe(client, bench, Array(repeating: "a/+", count: 48_000))
        #expect(existed.filter { $0 }.count == 1)
        #expect(bench.sessions.rows.first?.subscriptions.isEmpty == true)
        try await bench.stop()
    }

    private func unsubscribe(_ client: ModelClient, _ bench: BrokerBench, _ filters: [String]) async throws -> [Bool] {
        let promise = bench.loops[0].eventLoop.makePromise(of: [Bool].self)
        try await bench.loops[0].run { _ in
            client.attachment?.unsubscribe(filters) { promise.completeWith($0) }
        }
        return try await promise.futureResult.get()
    }

    @Test("filters that look the same are two: each has its UNSUBSCRIBE, both end with the session [MQTT-3.10.4-1]")
    func exactFilters() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let client = try await self.client(bench)
        for filter in [Self.composed, Self.decomposed] { try await client.subscribe(filter) }
        #expect(bench.sessions.rows.first?.subscriptions.count == 2)
        #expect(try await client.unsubscribe(Self.decomposed))
        #expect(try await !client.unsubscribe(Self.decomposed))
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[1], expirySeconds: 0)
        #expect(try await publisher.publish(Self.decomposed, "1") == .noMatchingSubscribers)
        #expect(try await publisher.publish(Self.composed, "2") == .success)
        #expect(try await client.waits { $0.payloads == ["2"] })
        try await client.subscribe(Self.decomposed)
        try await client.connect(bench.loops[0], cleanStart: true)
        var count = -1
        bench.broker?.withState { count = $0.tree.count }
        #expect(count == 0)
        try await bench.stop()
    }

    @Test("client identifiers that look the same are two sessions [MQTT-3.1.3-2]")
    func exactClients() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let one = ModelClient(Self.composed, clock: bench.clock)
        let other = ModelClient(Self.decomposed, clock: bench.clock)
        #expect(one.key != other.key)
        try await one.connect(bench.loops[0])
        #expect(try await other.connect(bench.loops[1]) == false)
        #expect(!one.isTakenOver)
        #expect(bench.broker?.sessionCount == 2)
        try await bench.stop()
    }

    @Test("a shared subscription passes a connected member over that has no room, until it has [MQTT-4.8.2-4]")
    func clogged() async throws {
        let bench = BrokerBench()
        bench.configuration.transientQueueMax = 2
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let members = ["deaf", "good"].map { ModelClient($0, clock: bench.clock) }
        members[0].answers = .none
        for member in members {
            try await member.connect(bench.loops[1], expirySeconds: 0, receiveMaximum: 1)
            try await member.subscribe("$share/g/a")
        }
        func publish(_ numbers: Range<Int>) async throws {
            for number in numbers {
                try await publisher.publish("a", "\(number)")
                // It has arrived.
                try await bench.loops[1].run { _ in }
            }
        }
        try await publish(0..<40)
        // One in flight, two that wait, and the one that told of it.
        #expect(try await members[1].waits { $0.received.count == 36 })
        members[0].answers = .all
        try await bench.loops[1].run { _ in
            _ = members[0].attachment?.puback(1)
            members[0].connection?.deliveriesReady()
        }
        #expect(try await members[0].waits { $0.received.count == 3 })
        try await publish(40..<50)
        #expect(try await members[0].waits { $0.received.count == 8 })
        try await bench.stop()
    }
}
