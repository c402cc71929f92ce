import MQTTCodec
import MQTTProtocol
import TelemetryModel
import TestSupport
import Testing

@testable import MQTTServer

@Suite("Sessions over connections and event loops, MQTT 5.0 §3.1.2.4, §3.1.4, §4.1, §4.4", .timeLimit(.minutes(1)))
struct BrokerSessionTests {
    @Test("what is published while a persistent client is away waits for it, in order, with its QoS [MQTT-4.4.0-1]")
    func offline() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        #expect(try await client.connect(bench.loops[0]) == false)
        try await client.subscribe("a/#", .exactlyOnce, identifier: 9)
        try await client.disconnect()
        for number in 0..<300 {
            try await publisher.publish("a/b", "\(number)", number % 2 == 0 ? .atLeastOnce : .exactlyOnce)
        }
        try await publisher.publish("a/b", "lost", .atMostOnce)
        #expect(try await client.connect(bench.loops[1]) == true)
        try await publisher.publish("a/b", "300")
        #expect(try await client.waits { $0.received.count == 301 })
        #expect(client.payloads == (0...300).map { "\($0)" })
        #expect(client.received.allSatisfy { $0.subscriptionIDs == [9] && !$0.isDuplicate })
        #expect(client.received[0].qos == .atLeastOnce && client.received[1].qos == .exactlyOnce)
        try await bench.stop()
    }

    @Test("a clean start ends the session: nothing old arrives, in memory or after a restart [MQTT-3.1.2-4]")
    func cleanStart() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let client = ModelClient("one", clock: bench.clock)
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await client.connect(bench.loops[0])
        try await client.subscribe("a")
        try await client.disconnect()
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        try await publisher.publish("a", "old")
        #expect(try await client.connect(bench.loops[1], cleanStart: true) == false)
        try await client.subscribe("b")
        try await client.disconnect()
        try await bench.restart()
        #expect(try await client.connect(bench.loops[1]) == true)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        try await publisher.publish("a", "none")
        try await publisher.publish("b", "new")
        #expect(try await client.waits { !$0.received.isEmpty })
        #expect(client.payloads == ["new"])
        #expect(bench.sessions.rows.count == 1)
        try await bench.stop()
    }

    @Test("unacknowledged QoS 1 and 2 is sent again to the next connection, DUP, before what is new [MQTT-3.3.1-1]")
    func resend() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        client.answers = .none
        try await client.connect(bench.loops[0], receiveMaximum: 4)
        try await client.subscribe("a", .exactlyOnce)
        for number in 0..<10 {
            try await publisher.publish("a", "\(number)", number % 2 == 0 ? .atLeastOnce : .exactlyOnce)
        }
        // 0 has no PUBACK, 1 has its PUBREC but no PUBCOMP … until the window is full.
        #expect(try await client.waits { $0.publishes >= 4 })
        try await client.disconnect()
        client.answers = .all
        client.forgetReceived()
        try await client.connect(bench.loops[1])
        #expect(try await client.waits { $0.payloads.contains("9") })
        let again = client.received.filter(\.isDuplicate).map(\.payload)
        #expect(again == ["0", "2"])
        let first = client.received.filter { !$0.isDuplicate }.map(\.payload)
        #expect(first == ["4", "5", "6", "7", "8", "9"])
        try await bench.stop()
    }

    @Test("a newer connection takes the session over, whichever loop it is on, and nothing is lost or doubled")
    func takeover() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0])
        try await client.subscribe("a", .exactlyOnce)
        let count = 400
        let bothLoops = bench.loops
        async let publishing: Void = {
            for number in 0..<count {
                try await publisher.publish("a", "\(number)", .exactlyOnce, packetID: UInt16(number + 1))
            }
        }()
        for turn in 0..<60 { #expect(try await client.connect(bothLoops[turn % 2]) == true) }
        try await publishing
        #expect(try await client.waits { $0.received.count == count })
        #expect(client.payloads == (0..<count).map { "\($0)" })
        try await bench.stop()
    }

    @Test("of three that come at once the newest stays, the others hear that they were taken over")
    func takeoverRace() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let loops = bench.loops
        let clock = bench.clock
        for _ in 0..<20 {
            let clients = (0..<3).map { _ in ModelClient("one", clock: clock) }
            let present = await withTaskGroup(of: Int.self) { group in
                for (number, client) in clients.enumerated() {
                    group.addTask { (try? await client.connect(loops[number % 2])) == nil ? 0 : 1 }
                }
                return await group.reduce(0, +)
            }
            #expect(present >= 1)
            let last = ModelClient("one", clock: clock)
            try await last.connect(loops[0])
            for client in clients {
                #expect(try await client.waits { $0.attachment == nil })
            }
            #expect(!last.isTakenOver)
            try await last.disconnect()
        }
        try await bench.stop()
    }

    @Test("a queue takes as many messages as its bound and no more, tells the observer once, and has room again later")
    func queueBound() async throws {
        let bench = BrokerBench()
        bench.configuration.sessionQueueMax = 5
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1])
        try await client.subscribe("a")
        try await client.disconnect()
        for number in 0..<8 { try await publisher.publish("a", "\(number)") }
        let full = try await bench.loops[0].run { $0.fullSessions }
        #expect(full == [client.key])
        try await client.connect(bench.loops[1])
        #expect(try await client.waits { $0.received.count == 5 })
        // Room is there again when the acknowledgements have been noted.
        try await client.publishNothing(on: bench.loops[1])
        try await publisher.publish("a", "8")
        #expect(try await client.waits { $0.received.count == 6 })
        #expect(client.payloads == ["0", "1", "2", "3", "4", "8"])
        try await bench.stop()
    }

    @Test("of QoS 2 a queue takes as many as there are identifiers, tells the observer once, and goes on with QoS 1")
    func queueBoundOfQoS2() async throws {
        let bench = BrokerBench()
        bench.configuration.sessionQueueQoS2Max = 3
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1])
        try await client.subscribe("a", .exactlyOnce)
        try await client.disconnect()
        for number in 0..<10 {
            try await publisher.publish("a", "\(number)", number < 2 || number == 8 ? .atLeastOnce : .exactlyOnce)
        }
        let full = try await bench.loops[0].run { $0.fullSessions }
        #expect(full == [client.key])
        try await client.connect(bench.loops[1])
        #expect(try await client.waits { $0.received.count == 6 })
        #expect(client.payloads == ["0", "1", "2", "3", "4", "8"])
        try await client.publishNothing(on: bench.loops[1])
        try await publisher.publish("a", "10", .exactlyOnce)
        #expect(try await client.waits { $0.payloads.last == "10" })
        try await bench.stop()
    }

    @Test("a session lives as long as its expiry says, counted from the end of its connection [MQTT-3.1.2-23]")
    func expiry() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let broker = try #require(bench.broker)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0], expirySeconds: 10)
        bench.clock.advance(seconds: 100)
        try await client.disconnect()
        bench.clock.advance(seconds: 9)
        #expect(broker.tick().endedNumbers.isEmpty)
        #expect(try await client.connect(bench.loops[0], expirySeconds: 10) == true)
        try await client.disconnect()
        bench.clock.advance(seconds: 10)
        #expect(broker.tick().endedNumbers == [1])
        #expect(broker.sessionCount == 0)
        #expect(try await client.connect(bench.loops[0], expirySeconds: 10) == false)
        // DISCONNECT may shorten it to nothing.
        try await client.disconnect(expirySeconds: 0)
        #expect(try await client.connect(bench.loops[1], expirySeconds: 10) == false)
        try await bench.stop()
    }

    @Test("a message is not delivered after its expiry, and says what is left of it before [MQTT-3.3.2-6]")
    func messageExpiry() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1])
        try await client.subscribe("a", .exactlyOnce)
        try await client.disconnect()
        try await publisher.publish("a", "short", expirySeconds: 10)
        try await publisher.publish("a", "long", .exactlyOnce, expirySeconds: 100)
        try await publisher.publish("a", "for ever")
        bench.clock.advance(seconds: 10)
        try await client.connect(bench.loops[1])
        #expect(try await client.waits { $0.received.count == 2 })
        #expect(client.payloads == ["long", "for ever"])
        #expect(client.received.map(\.expirySeconds) == [90, nil])
        try await bench.stop()
    }

    @Test("a Will goes out at the end of the connection, or after its delay unless the client is back [MQTT-3.1.3-9]")
    func wills() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let watcher = ModelClient("watcher", clock: bench.clock)
        try await watcher.connect(bench.loops[0])
        try await watcher.subscribe("will")
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1], will: ("will", "dropped", 0))
        try await client.disconnect(publishesWill: false)
        try await client.connect(bench.loops[1], will: ("will", "at once", 0))
        try await client.disconnect(publishesWill: true)
        #expect(try await watcher.waits { $0.payloads == ["at once"] })
        try await client.connect(bench.loops[1], will: ("will", "resumed", 10))
        try await client.disconnect(publishesWill: true)
        try await client.connect(bench.loops[0], will: ("will", "delayed", 10))
        try await client.disconnect(publishesWill: true)
        bench.clock.advance(seconds: 9)
        try await bench.loops[0].run { $0.broker.tick() }
        #expect(watcher.payloads == ["at once"])
        bench.clock.advance(seconds: 1)
        try await bench.loops[0].run { $0.broker.tick() }
        #expect(try await watcher.waits { $0.payloads == ["at once", "delayed"] })

        // A Will that waits is not forgotten by a crash.
        try await client.connect(bench.loops[0], will: ("will", "after the crash", 10))
        try await client.disconnect(publishesWill: true)
        try await client.publishNothing(on: bench.loops[0])
        try await bench.restart()
        try await watcher.connect(bench.loops[0])
        bench.clock.advance(seconds: 10)
        try await bench.loops[0].run { $0.broker.tick() }
        #expect(try await watcher.waits { $0.payloads.last == "after the crash" })
        try await watcher.publishNothing(on: bench.loops[0])
        try await bench.restart()
        try await watcher.connect(bench.loops[0])
        try await bench.loops[0].run { $0.broker.tick() }
        #expect(watcher.payloads.filter { $0 == "after the crash" }.count == 1)
        try await bench.stop()
    }

    @Test("a session that cannot be stored is refused with the reason, and the next CONNECT works")
    func storeFailure() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let client = ModelClient("one", clock: bench.clock)
        bench.sessions.fail(with: "disk full")
        await #expect(throws: AttachError.self) { try await client.connect(bench.loops[0]) }
        bench.sessions.fail(with: nil)
        #expect(try await client.connect(bench.loops[0]) == false)
        bench.sessions.fail(with: "disk full")
        await #expect(throws: MemorySessions.Failure.self) { try await client.subscribe("a") }
        bench.sessions.fail(with: nil)
        try await client.subscribe("a")
        #expect(try await client.unsubscribe("a") == true)
        #expect(try await client.unsubscribe("a") == false)
        try await bench.stop()
    }

    @Test("what was sent with QoS 2 is sent again though its life is over, what was not is dropped [MQTT-4.3.3-7]")
    func expiryOfResend() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        client.answers = .none
        try await client.connect(bench.loops[0], receiveMaximum: 1)
        try await client.subscribe("a", .exactlyOnce)
        try await publisher.publish("a", "sent", .exactlyOnce, packetID: 1, expirySeconds: 10)
        try await publisher.publish("a", "unsent", .exactlyOnce, packetID: 2, expirySeconds: 10)
        try await publisher.publish("a", "long", .exactlyOnce, packetID: 3, expirySeconds: 100)
        #expect(try await client.waits { $0.publishes == 1 })
        try await client.disconnect()
        client.answers = .all
        client.forgetReceived()
        bench.clock.advance(seconds: 20)
        try await client.connect(bench.loops[1])
        #expect(try await client.waits { $0.payloads.contains("long") })
        // "sent" is here since the first connection, and comes again to be answered.
        #expect(client.payloads == ["long"])
        #expect(try await client.waits { $0.releases == 2 })
        #expect(client.publishes == 3)
        try await bench.stop()
    }

    @Test("what the store has not heard of ends of connections it hears at the end [MQTT-3.1.2-23]")
    func flush() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0], expirySeconds: 100)
        try await client.disconnect()
        let broker = try #require(bench.broker)
        try await bench.stop()
        try await broker.flush()
        #expect(bench.sessions.rows.map(\.disconnectedAt) == [bench.clock.now])
    }

    @Test("a message without a record takes no other's body when bodies are read back")
    func bodies() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0])
        try await client.subscribe("a")
        try await client.disconnect()
        try await publisher.publish("a", "first")
        let broker = try #require(bench.broker)
        broker.withState { state in
            let lost = QueuedMessage(qos: .atLeastOnce, isRetained: false, message: nil)
            for session in state.sessions.values { _ = session.flow?.enqueue(lost) }
        }
        try await publisher.publish("a", "second")
        try await client.connect(bench.loops[1])
        #expect(try await client.waits { $0.payloads.contains("second") })
        #expect(client.payloads == ["first", "second"])
        try await bench.stop()
    }

    @Test("an identifier of QoS 2 is given again only when it is free, and then to the next that asks")
    func packetIDs() {
        let key = SessionKey(principal: .application("a"), clientID: "c")
        let session = BrokerSession(number: 1, key: key, expirySeconds: 9)
        let all = BrokerSession.packetIDsOfQoS2
        #expect(all.map { _ in session.takePacketID() } == all.map { $0 })
        #expect(session.takePacketID() == nil)
        session.packetIDs.remove(40_000)
        #expect(session.takePacketID() == 40_000)
        #expect(session.takePacketID() == nil)
    }

    @Test("the identifier of a QoS 2 delivery is free when its end is durable, not before")
    func durableEnd() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        client.answers = .untilPubrec
        try await client.connect(bench.loops[0])
        try await client.subscribe("a", .exactlyOnce)
        try await publisher.publish("a", "1", .exactlyOnce, packetID: 1)
        #expect(try await client.waits { $0.releases == 1 })
        let session = try #require(client.session(in: bench.broker))
        let broker = try #require(bench.broker)
        let inUse = try await bench.loops[0]
            .run { _ in
                let isOver = client.attachment?.pubcomp(BrokerSession.packetIDsOfQoS2.lowerBound)
                return (isOver, session.packetIDs(in: broker))
            }
        // PUBCOMP is here, and in nobody's log yet.
        #expect(inUse == (true, 1))
        try await client.publishNothing(on: bench.loops[0])
        try await eventually { session.packetIDs(in: broker) == 0 }
        try await bench.stop()
    }
}

extension BrokerSession {
    /// Identifiers that are in use.
    fileprivate func packetIDs(in broker: Broker) -> Int {
        var count = 0
        broker.withState { _ in count = self.packetIDs.count }
        return count
    }
}

extension ModelClient {
    /// Its session, wherever it is.
    fileprivate func session(in broker: Broker?) -> BrokerSession? {
        var session: BrokerSession?
        broker?.withState { session = $0.slots[self.key]?.session }
        return session
    }
}
