import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel
import TestSupport
import Testing

@testable import MQTTServer

@Suite("A new subscription gets every retained message, MQTT 5.0 §3.3.1.3", .timeLimit(.minutes(1)))
struct RetainedDeliveryTests {
    /// More than one look finds.
    private static let count = 5_000

    private func retain(_ bench: BrokerBench, _ count: Int, qos: QoS) async throws -> ModelClient {
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        for number in 0..<count - 1 {
            let attachment = publisher
            try await bench.loops[0].run { loop in
                let message = InboundMessage(
                    topic: ByteBuffer(string: "r/\(number)/x"),
                    payload: ByteBuffer(string: "\(number)"),
                    qos: qos,
                    retain: true
                )
                loop.publish(message, from: attachment.attachment) { _ in }
            }
        }
        try await publisher.publish("r/\(count - 1)/x", "\(count - 1)", retain: true)
        return publisher
    }

    @Test(
        "all of them, whatever the bounds of queues [MQTT-3.3.1-9]",
        arguments: [0, UInt32.max],
        [QoS.atMostOnce, .exactlyOnce]
    )
    func all(expirySeconds: UInt32, qos: QoS) async throws {
        let bench = BrokerBench()
        bench.configuration.transientQueueMax = 10
        if expirySeconds == 0 { bench.configuration.clientQueueBytesMax = 100 }
        try await bench.start()
        let publisher = try await self.retain(bench, Self.count, qos: .atLeastOnce)
        let client = ModelClient("client", clock: bench.clock)
        try await client.connect(bench.loops[1], expirySeconds: expirySeconds, receiveMaximum: 5)
        try await client.subscribe("r/#", qos)
        #expect(try await client.waits { $0.received.count >= Self.count })
        #expect(Set(client.payloads).count == Self.count)
        #expect(client.received.count == Self.count)
        #expect(client.received.allSatisfy { $0.isRetained && $0.qos == min(qos, .atLeastOnce) })
        let dropped = try await bench.loops[1].run { _ in client.attachment?.droppedMessages }
        #expect(dropped == 0)
        client.forgetReceived()
        try await client.subscribe("r/7/+", qos)
        #expect(try await client.waits { !$0.received.isEmpty })
        try await publisher.publish("r/8/x", "live")
        #expect(try await client.waits { $0.received.count == 2 })
        #expect(client.payloads == ["7", "live"])
        try await bench.stop()
    }

    @Test("the queue of a persistent session takes them as its client acknowledges: none is dropped")
    func smallQueue() async throws {
        let bench = BrokerBench()
        bench.configuration.sessionQueueMax = 20
        try await bench.start()
        _ = try await self.retain(bench, 100, qos: .exactlyOnce)
        let client = ModelClient("client", clock: bench.clock)
        try await client.connect(bench.loops[1])
        try await client.subscribe("#", .exactlyOnce)
        #expect(try await client.waits { $0.received.count == 100 })
        #expect(Set(client.payloads).count == 100)
        let isFull = try await bench.loops[1].run { !$0.fullSessions.isEmpty }
        #expect(!isFull)
        try await bench.stop()
    }

    @Test("a client that reads nothing costs no memory for them, and other clients no time")
    func deaf() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = try await self.retain(bench, Self.count, qos: .atLeastOnce)
        let client = ModelClient("client", clock: bench.clock)
        client.answers = .none
        try await client.connect(bench.loops[1], expirySeconds: 0, receiveMaximum: 1)
        for _ in 0..<20 { try await client.subscribe("r/#") }
        try await eventually { try await bench.loops[1].run { _ in client.attachment?.isSearching == false } }
        let backlog = try await bench.loops[1].run { _ in client.attachment?.backlog }
        #expect((backlog?.copies.count ?? 0) < RetainedBacklog.copiesEnough + RetainedBacklog.sliceVisits)
        #expect(backlog?.scans.count == 1)
        #expect(client.received.count == 1)
        // What is gone when its turn comes is not sent.
        for number in 0..<Self.count { try await publisher.publish("r/\(number)/x", "", .atMostOnce, retain: true) }
        client.answers = .all
        let isAnswered = try await bench.loops[1].run { _ in client.attachment?.puback(1) ?? false }
        #expect(isAnswered)
        try await bench.loops[1].run { _ in client.connection?.deliveriesReady() }
        try await eventually { try await bench.loops[1].run { _ in client.attachment?.backlog.isEmpty == true } }
        #expect(client.received.allSatisfy { $0.payload.isEmpty || $0.payload == client.payloads[0] })
        try await bench.stop()
    }

    @Test("one SUBSCRIBE looks at so many nodes and no more; the rest is counted", arguments: [true, false])
    func visits(isEnough: Bool) async throws {
        let bench = BrokerBench()
        bench.configuration.retainedVisitsMax = isEnough ? 40_000 : 1
        try await bench.start()
        _ = try await self.retain(bench, Self.count, qos: .atLeastOnce)
        let client = ModelClient("client", clock: bench.clock)
        try await client.connect(bench.loops[1], expirySeconds: 0)
        let subscriptions = try ["r/#", "#", "+/+/x"].map { try Subscription(fullFilter: $0, qos: .atMostOnce) }
        let promise = bench.loops[1].eventLoop.makePromise(of: Void.self)
        try await bench.loops[1].run { _ in
            client.attachment?.subscribe(subscriptions) { promise.completeWith($0) }
        }
        try await promise.futureResult.get()
        try await eventually { try await bench.loops[1].run { _ in client.attachment?.backlog.isEmpty == true } }
        #expect(client.received.count == (isEnough ? 3 : 1) * Self.count)
        // One filter always gets everything.
        #expect(Set(client.payloads).count == Self.count)
        let dropped = try await bench.loops[1].run { _ in client.attachment?.droppedMessages }
        #expect(dropped == (isEnough ? 0 : 1))
        try await bench.stop()
    }

    @Test("a copy is settled unsent when its topic has a later message, or none [MQTT-4.6.0-6]", arguments: [0, 1, 2])
    func outdated(change: Int) throws {
        let state = BrokerState(configuration: Broker.Configuration())
        let session = BrokerSession(
            number: 1,
            key: SessionKey(principal: .application("app"), clientID: "one"),
            expirySeconds: 100
        )
        state.sessions[1] = session
        session.flow = OutboundFlow()
        func message(_ payload: String) -> BrokerMessage {
            BrokerMessage(
                topic: ByteBuffer(string: "a"),
                payload: ByteBuffer(string: payload),
                qos: .atLeastOnce,
                retain: true
            )
        }
        func record() -> JournalRecord {
            let record = JournalRecord(sequence: state.takeSequence(), expiresAt: nil)
            state.add(record)
            return record
        }
        state.setRetained(message("old"), record())
        let turn = BrokerTurn()
        let copy = PendingPublish(
            kind: .retained(session, Delivery(qos: .exactlyOnce), sequenceMax: state.lastSequence),
            message: message("old"),
            publisher: nil,
            packetID: 0,
            index: nil
        )
        #expect(state.route(copy, into: turn) == nil)
        #expect(session.waitingCount == 1)
        if change > 0 { state.setRetained(message(change == 1 ? "new" : ""), record()) }
        for routed in turn.messages { state.deliver(routed) }
        #expect(session.flow?.queued == (change == 0 ? 1 : 0))
        #expect(session.waitingCount == (change == 0 ? 1 : 0))
        #expect(state.outdated.map(\.sequence) == (change == 0 ? [] : [2]))
    }
}
