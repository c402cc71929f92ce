import MQTTCodec
import MQTTProtocol
import Testing

@testable import MQTTServer

@Suite("Messages reach those who subscribe, MQTT 5.0 §3.3.4, §4.7, §4.8", .timeLimit(.minutes(1)))
struct RoutingTests {
    @Test("every QoS reaches connections of both event loops, each with the lower QoS [MQTT-3.8.4-8]")
    func fanOut() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        var subscribers: [(client: ModelClient, qos: QoS)] = []
        for (number, qos) in QoS.allCases.enumerated() {
            for (place, loop) in bench.loops.enumerated() {
                let client = ModelClient("subscriber \(number) \(place)", clock: bench.clock)
                try await client.connect(loop, expirySeconds: place == 0 ? 0 : .max)
                try await client.subscribe("a/+", qos, identifier: 7)
                subscribers.append((client, qos))
            }
        }
        for qos in QoS.allCases {
            #expect(try await publisher.publish("a/b", "\(qos)", qos) == .success)
        }
        for (client, qos) in subscribers {
            #expect(try await client.waits { $0.received.count == 3 })
            #expect(client.payloads == QoS.allCases.map { "\($0)" })
            #expect(client.received.map(\.qos) == QoS.allCases.map { min($0, qos) })
            #expect(client.received.allSatisfy { $0.subscriptionIDs == [7] && !$0.isRetained && !$0.isDuplicate })
        }
        #expect(try await publisher.publish("b/b", "nobody") == .noMatchingSubscribers)
        try await bench.stop()
    }

    @Test("No Local keeps a client's own messages away [MQTT-3.8.3-3]")
    func noLocal() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0])
        try await client.subscribe("own", noLocal: true)
        try await client.subscribe("all")
        try await client.publish("own", "1")
        try await client.publish("all", "2")
        #expect(try await client.waits { !$0.received.isEmpty })
        #expect(client.payloads == ["2"])
        try await bench.stop()
    }

    @Test("a shared subscription gives each message to one connected member, in turn [MQTT-4.8.2-4]")
    func shared() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let members = (0..<3).map { ModelClient("member \($0)", clock: bench.clock) }
        for (number, member) in members.enumerated() {
            try await member.connect(bench.loops[number % 2])
            try await member.subscribe("$share/g/a")
        }
        for number in 0..<9 { try await publisher.publish("a", "\(number)") }
        for member in members {
            #expect(try await member.waits { $0.received.count == 3 })
        }
        // One leaves: the others share; all leave: one of them gets it when it is back.
        try await members[0].disconnect()
        for number in 9..<13 { try await publisher.publish("a", "\(number)") }
        #expect(try await members[1].waits { $0.received.count == 5 })
        #expect(try await members[2].waits { $0.received.count == 5 })
        try await members[1].disconnect()
        try await members[2].disconnect()
        try await publisher.publish("a", "late")
        for member in members { try await member.connect(bench.loops[1]) }
        let late = members[0]
        #expect(
            try await late.waits { _ in members.flatMap(\.payloads).filter { $0 == "late" }.count == 1 }
        )
        try await bench.stop()
    }

    @Test("retained messages: set, sent to new subscriptions, cleared, and over a restart [MQTT-3.3.1-5]")
    func retained() async throws {
        let bench = BrokerBench()
        try await bench.start()
        var publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        for topic in ["r/a", "r/b", "r/c"] { try await publisher.publish(topic, "old", retain: true) }
        try await publisher.publish("r/a", "new", .atMostOnce, retain: true)
        try await publisher.publish("r/b", "", retain: true)
        try await publisher.publish("r/c", "short", retain: true, expirySeconds: 5)
        for life in 0..<2 {
            for expirySeconds in [0, UInt32.max] {
                let client = ModelClient("subscriber \(life) \(expirySeconds)", clock: bench.clock)
                try await client.connect(bench.loops[1], expirySeconds: expirySeconds)
                try await client.subscribe("r/#", .exactlyOnce)
                #expect(try await client.waits { $0.received.count == 2 })
                #expect(client.received.sorted { $0.topic < $1.topic }.map(\.payload) == ["new", "short"])
                #expect(client.received.allSatisfy { $0.isRetained })
                // Once more with "only when new": nothing.
                try await client.subscribe("r/#", .exactlyOnce, retainHandling: .sendIfNew)
                try await publisher.publish("r/live", "x")
                #expect(try await client.waits { $0.received.count == 3 })
                #expect(client.received.last?.isRetained == false)
                try await client.disconnect()
            }
            if life == 0 {
                try await bench.restart()
                publisher = ModelClient("publisher", clock: bench.clock)
                try await publisher.connect(bench.loops[0], expirySeconds: 0)
            }
        }
        bench.clock.advance(seconds: 6)
        let broker = try #require(bench.broker)
        _ = broker.tick()
        let client = ModelClient("last", clock: bench.clock)
        try await client.connect(bench.loops[1])
        try await client.subscribe("r/#")
        #expect(try await client.waits { $0.received.count == 1 })
        #expect(client.payloads == ["new"])
        try await bench.stop()
    }

    @Test("beyond a limit a message is delivered and not retained: its publisher must not send it again [MQTT-3.3.1-5]")
    func retainedLimits() async throws {
        let bench = BrokerBench()
        bench.configuration.retainedMax = 2
        bench.configuration.retainedBytesMax = 20
        try await bench.start()
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0])
        try await client.subscribe("+")
        #expect(try await client.publish("a", "123456789", retain: true) == .success)
        #expect(try await client.publish("b", "123456789", retain: true) == .success)  // 20 bytes: the bound itself
        #expect(try await client.publish("c", "", retain: true) == .success)
        #expect(try await client.publish("c", "1", retain: true) == .success)  // a third, and 22 bytes
        #expect(try await client.publish("a", "1234567890", retain: true) == .success)  // 21 bytes
        #expect(try await client.publish("a", "1", retain: true) == .success)
        #expect(try await client.publish("c", "1", retain: true) == .success)  // 14 bytes, but a third
        #expect(try await client.publish("b", "", retain: true) == .success)
        #expect(try await client.publish("c", "1", retain: true) == .success)
        #expect(try await client.waits { $0.received.count == 9 })
        let late = ModelClient("late", clock: bench.clock)
        try await late.connect(bench.loops[1])
        try await late.subscribe("+")
        #expect(try await late.waits { $0.received.count == 2 })
        #expect(late.received.sorted { $0.topic < $1.topic }.map { $0.topic + $0.payload } == ["a1", "c1"])
        try await bench.stop()
    }

    @Test("properties count against the bytes of retained messages with what they take in memory, empty pairs, too")
    func retainedProperties() async throws {
        let bench = BrokerBench()
        bench.configuration.retainedBytesMax = 100_000
        try await bench.start()
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0])
        let pairs = [UserProperty](repeating: UserProperty(name: "", value: ""), count: 1_000)
        // Each takes 37 bytes a pair.
        func retained() -> Int {
            var count = -1
            bench.broker?.withState { count = $0.retained.count }
            return count
        }
        for (topic, count) in [("a", 1), ("b", 2), ("c", 2)] {
            try await client.publish(topic, "1", retain: true, userProperties: pairs)
            #expect(retained() == count)
        }
        try await bench.restart()
        try await client.connect(bench.loops[0])
        try await client.publish("c", "1", retain: true, userProperties: pairs)
        #expect(retained() == 2)
        try await client.publish("b", "", retain: true)
        #expect(retained() == 1)
        try await client.publish("c", "1", retain: true, userProperties: pairs)
        #expect(retained() == 2)
        try await bench.stop()
    }

    @Test("QoS 0 for a client that does not read is dropped and counted; QoS 1 waits up to its bound, others go on")
    func slow() async throws {
        let bench = BrokerBench()
        bench.configuration.transientQueueMax = 10
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let slow = ModelClient("slow", clock: bench.clock)
        let quick = ModelClient("quick", clock: bench.clock)
        for client in [slow, quick] {
            try await client.connect(bench.loops[1], expirySeconds: 0, receiveMaximum: 1)
            try await client.subscribe("a")
        }
        try await bench.loops[1].run { _ in slow.attachment?.isWritable = false }
        slow.answers = .none
        for number in 0..<5 { try await publisher.publish("a", "\(number)", .atMostOnce) }
        for number in 5..<20 { try await publisher.publish("a", "\(number)") }
        #expect(try await quick.waits { $0.received.count == 20 })
        // One in flight, ten that wait; five of QoS 0 and four of QoS 1 dropped.
        #expect(slow.payloads == ["5"])
        let dropped = try await bench.loops[1].run { _ in slow.attachment?.droppedMessages }
        #expect(dropped == 9)
        try await bench.stop()
    }
}
