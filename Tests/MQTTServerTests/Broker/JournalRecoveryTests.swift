import EventLog
import LogFormat
import MQTTCodec
import MQTTProtocol
import TestSupport
import Testing

@testable import MQTTServer

@Suite("What was acknowledged for a session outlives the process, MQTT 5.0 §4.1, §4.3", .timeLimit(.minutes(2)))
struct JournalRecoveryTests {
    @Test("a restart keeps subscriptions, queues, order and QoS; perhaps sent before, so DUP [MQTT-3.3.1-1]")
    func restart() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0])
        try await client.subscribe("a/#", .exactlyOnce, identifier: 3)
        try await client.disconnect()
        for number in 0..<10 {
            try await publisher.publish("a/b", "\(number)", number % 2 == 0 ? .atLeastOnce : .exactlyOnce)
        }
        try await bench.restart()
        #expect(try await client.connect(bench.loops[1]) == true)
        #expect(try await client.waits { $0.received.count == 10 })
        #expect(client.payloads == (0..<10).map { "\($0)" })
        #expect(client.received.allSatisfy { $0.isDuplicate && $0.subscriptionIDs == [3] })
        #expect(client.received[0].qos == .atLeastOnce && client.received[1].qos == .exactlyOnce)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        try await publisher.publish("a/c", "new")
        #expect(try await client.waits { $0.payloads.last == "new" })
        try await bench.stop()
    }

    @Test("a QoS 2 publish that is sent again after a crash is known; after PUBREL it is not [MQTT-4.3.3-10]")
    func inbound() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0])
        // With and without somebody who waits for it.
        let subscriber = ModelClient("subscriber", clock: bench.clock)
        try await subscriber.connect(bench.loops[1])
        try await subscriber.subscribe("a", .exactlyOnce)
        try await publisher.publish("a", "1", .exactlyOnce, packetID: 1)
        try await publisher.publish("b", "2", .exactlyOnce, packetID: 2)
        try await publisher.publish("b", "3", .exactlyOnce, packetID: 3)
        try await bench.loops[0].run { _ in publisher.attachment?.release(3) }
        #expect(try await publisher.waits { $0.completed == [3] })
        try await bench.restart()
        #expect(try await publisher.connect(bench.loops[0]) == true)
        let receipts = try await bench.loops[0].run { _ in
            (1...3).compactMap { publisher.attachment?.receive(UInt16($0)) }
        }
        #expect(receipts == [.recovered, .recovered, .new])
        try await bench.stop()
    }

    @Test("after a restart an expired QoS 2 message is sent again only when it may have been sent [MQTT-3.3.2-5]")
    func expired() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1])
        try await client.subscribe("a", .exactlyOnce)
        try await client.disconnect()
        try await publisher.publish("a", "sent", .exactlyOnce, expirySeconds: 10)
        client.answers = .none
        // A restart changes nothing of what was not sent.
        try await bench.restart()
        try await client.connect(bench.loops[1])
        #expect(try await client.waits { $0.publishes == 1 })
        #expect(client.received.map(\.isDuplicate) == [false])
        try await client.disconnect()
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        try await publisher.publish("a", "never sent", .exactlyOnce, expirySeconds: 10)
        bench.clock.advance(seconds: 11)
        try await bench.restart()
        client.answers = .all
        try await client.connect(bench.loops[1])
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        try await publisher.publish("a", "new", .exactlyOnce)
        #expect(try await client.waits { $0.payloads.last == "new" })
        #expect(client.payloads == ["sent", "new"])
        #expect(client.publishes == 3)
        try await bench.stop()
    }

    @Test("when a log fails, the identifier of a QoS 2 publish is free: sent again it is new")
    func failedPublish() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0])
        let first = try await bench.loops[0].run { _ in publisher.attachment?.receive(5) }
        #expect(first == .new)
        bench.files.kill()
        #expect(try await publisher.publish("a", "1", .exactlyOnce, packetID: 5) == nil)
        let second = try await bench.loops[0].run { _ in publisher.attachment?.receive(5) }
        #expect(second == .new)
        try await bench.stop()
    }

    @Test("a copy of a message behind its PUBREC, whose original is cleaned away, is not sent again [MQTT-4.3.3-6]")
    func copyBehindReceived() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0])
        try await client.disconnect()
        let session = try #require(bench.sessions.rows.first?.number)
        let broker = try #require(bench.broker)
        var records: [NewRecord] = []
        for (sequence, packetID) in [(UInt64(100), UInt16(40_000)), (101, 40_001)] {
            var operations = [JournalOperation.received(session: session, sequence: sequence, packetID: packetID)]
            // The second exchange is over.
            if sequence == 101 { operations.append(.settled(session: session, sequence: sequence)) }
            records.append(NewRecord(key: nil, value: JournalOperation.bytes(operations)))
            var header = JournalMessage(sequence: sequence, qos: .exactlyOnce)
            header.recipients = [.init(session: session, qos: .exactlyOnce, packetID: packetID)]
            let value = RecordHeader(name: JournalMessage.headerName, value: header.bytes)
            records.append(NewRecord(key: Array("a".utf8), value: [1], headers: [value]))
        }
        // Of a third only the end is left, and then a copy.
        records.append(
            NewRecord(key: nil, value: JournalOperation.bytes([.settled(session: session, sequence: 102)]))
        )
        var header = JournalMessage(sequence: 102, qos: .exactlyOnce)
        header.recipients = [.init(session: session, qos: .exactlyOnce, packetID: 40_002)]
        let value = RecordHeader(name: JournalMessage.headerName, value: header.bytes)
        records.append(NewRecord(key: Array("a".utf8), value: [1], headers: [value]))
        _ = try await broker.topic.append(records)
        try await bench.restart()
        try await client.connect(bench.loops[0])
        #expect(try await client.waits { $0.releases == 1 })
        try await client.publishNothing(on: bench.loops[0])
        #expect(client.publishes == 0)
        try await bench.stop()
    }

    @Test("between PUBREC and PUBCOMP only PUBREL is sent again, also after a crash [MQTT-4.3.3-4] [MQTT-4.4.0-1]")
    func releases() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        let client = ModelClient("one", clock: bench.clock)
        client.answers = .untilPubrec
        try await client.connect(bench.loops[1])
        try await client.subscribe("a", .exactlyOnce)
        try await publisher.publish("a", "1", .exactlyOnce)
        #expect(try await client.waits { $0.releases == 1 })
        try await bench.restart()
        client.answers = .all
        try await client.connect(bench.loops[0])
        #expect(try await client.waits { $0.releases == 2 })
        #expect(client.publishes == 1)
        try await client.publishNothing(on: bench.loops[0])
        try await bench.restart()
        try await client.connect(bench.loops[0])
        try await client.publishNothing(on: bench.loops[0])
        #expect(client.releases == 2)
        try await bench.stop()
    }

    @Test(
        "killed at any write or sync: what was acknowledged arrives, QoS 2 once, in order; nothing is counted twice",
        arguments: [0, 1, 2, 3]
    )
    func killedAnywhere(lives: Int) async throws {
        var random = SeededGenerator.announced()
        for first in 0..<24 {
            let bench = BrokerBench()
            try await bench.start()
            let client = ModelClient("one", clock: bench.clock)
            let publisher = ModelClient("publisher", clock: bench.clock)
            try await client.connect(bench.loops[0])
            try await client.subscribe("a", .exactlyOnce)
            if Bool.random(using: &random) { try await client.disconnect() }
            var acknowledged: [String] = []
            var sent = 0
            for life in 0...lives {
                client.lose()
                publisher.lose()
                let operations = life == 0 ? 4 + first : Int.random(in: 3...23, using: &random)
                try await bench.restart(operations: operations)
                client.answers = [.all, .none, .untilPubrec].randomElement(using: &random) ?? .all
                if life > 0 { _ = try? await client.connect(bench.loops[1]) }
                guard (try? await publisher.connect(bench.loops[0], expirySeconds: 0)) != nil else { continue }
                for _ in 0..<8 {
                    let payload = "\(sent)"
                    let qos = sent % 2 == 0 ? QoS.exactlyOnce : .atLeastOnce
                    sent += 1
                    guard try await publisher.publish("a", payload, qos) == .success else { break }
                    acknowledged.append(payload)
                }
            }
            try await bench.restart()
            client.answers = .all
            try await client.connect(bench.loops[1])
            let all = Set(acknowledged)
            #expect(try await client.waits { all.isSubset(of: $0.payloads) }, "first \(first)")
            let twice = Dictionary(client.payloads.map { ($0, 1) }, uniquingKeysWith: +).filter { $0.value > 1 }.keys
            #expect(twice.allSatisfy { (Int($0) ?? 0) % 2 == 1 }, "first \(first): QoS 2 twice: \(twice)")
            try await bench.stop()
        }
    }

    @Test("sessions whose life ended while the gateway was off are gone, with what waited for them")
    func expiredWhileOff() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[0], expirySeconds: 10)
        try await client.subscribe("a")
        try await client.disconnect()
        let broker = try #require(bench.broker)
        _ = broker.tick()
        let sessions = bench.sessions
        #expect(try await client.waits { _ in sessions.rows.first?.disconnectedAt != nil })
        bench.clock.advance(seconds: 11)
        try await bench.restart()
        #expect(bench.sessions.rows.isEmpty)
        #expect(try await client.connect(bench.loops[0], expirySeconds: 10) == false)
        try await bench.stop()
    }
}
