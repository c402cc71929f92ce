import EventLog
import Foundation
import Logging
import MQTTCodec
import MQTTProtocol
import NIOCore
import TelemetryModel
import Testing

@testable import MQTTServer

@Suite("A Will outlives the process that its connection was with, MQTT 5.0 §3.1.2.5", .timeLimit(.minutes(1)))
struct KeptWillTests {
    /// A bench with a session that waits for Wills, and its client.
    private func begin(_ bench: BrokerBench) async throws -> ModelClient {
        try await bench.start()
        let watcher = ModelClient("watcher", clock: bench.clock)
        try await watcher.connect(bench.loops[0])
        try await watcher.subscribe("will/#")
        try await watcher.disconnect()
        return watcher
    }

    /// What the watcher got when the timer has looked, up to a message that is published now.
    private func wills(_ watcher: ModelClient, _ bench: BrokerBench) async throws -> [String] {
        if watcher.attachment == nil { try await watcher.connect(bench.loops[0]) }
        try await bench.loops[0].run { $0.broker.tick() }
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0], expirySeconds: 0)
        try await publisher.publish("will/end", "end")
        #expect(try await watcher.waits { $0.payloads.last == "end" })
        try await publisher.disconnect()
        // That the watcher has all this is durable.
        try await watcher.publishNothing(on: bench.loops[0])
        return watcher.payloads.filter { $0 != "end" }
    }

    private func restart(_ watcher: ModelClient, _ bench: BrokerBench) async throws {
        watcher.lose()
        try await bench.restart()
    }

    @Test(
        "a client that is connected when the process is killed leaves its Will, once [MQTT-3.1.2-8]",
        arguments: [0, 100, UInt32.max]
    )
    func killed(expirySeconds: UInt32) async throws {
        let bench = BrokerBench()
        let watcher = try await self.begin(bench)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1], expirySeconds: expirySeconds, will: ("will/a", "gone", 0))
        try await self.restart(watcher, bench)
        #expect(try await self.wills(watcher, bench) == ["gone"])
        try await self.restart(watcher, bench)
        #expect(try await self.wills(watcher, bench) == ["gone"])
        try await bench.stop()
    }

    @Test("CONNACK waits until the Will is durable; a log that fails refuses the connection")
    func durable() async throws {
        let bench = BrokerBench()
        let watcher = try await self.begin(bench)
        let client = ModelClient("one", clock: bench.clock)
        let end = try #require(bench.broker?.topic.endOffsets[0])
        try await client.connect(bench.loops[1], will: ("will/a", "gone", 0))
        #expect(try #require(bench.broker?.topic.endOffsets[0]) == end + 1)
        try await client.disconnect()
        bench.files.kill()
        let late = ModelClient("late", clock: bench.clock)
        await #expect(throws: AttachError.closed) {
            try await late.connect(bench.loops[1], will: ("will/b", "never", 0))
        }
        try await self.restart(watcher, bench)
        #expect(try await !self.wills(watcher, bench).contains("never"))
        try await bench.stop()
    }

    @Test("a CONNECT without a Will writes nothing to the journal")
    func without() async throws {
        let bench = BrokerBench()
        _ = try await self.begin(bench)
        let topic = try #require(bench.broker?.topic)
        let end = topic.endOffsets[0]
        for expirySeconds in [0, 100] as [UInt32] {
            let client = ModelClient("one", clock: bench.clock)
            try await client.connect(bench.loops[1], expirySeconds: expirySeconds)
            try await client.disconnect()
        }
        // What was written before it is durable when this is.
        let client = ModelClient("two", clock: bench.clock)
        try await client.connect(bench.loops[1], will: ("will/a", "gone", 0))
        #expect(topic.endOffsets[0] == end + 1)
        try await bench.stop()
    }

    @Test("a client that said DISCONNECT leaves none, also after a kill [MQTT-3.14.4-3]", arguments: [0, UInt32.max])
    func disconnected(expirySeconds: UInt32) async throws {
        let bench = BrokerBench()
        let watcher = try await self.begin(bench)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1], expirySeconds: expirySeconds, will: ("will/a", "gone", 0))
        try await client.disconnect()
        try await client.publishNothing(on: bench.loops[1])
        var records = 0
        bench.broker?.withState { records = $0.records.count }
        #expect(records == 0)
        try await self.restart(watcher, bench)
        #expect(try await self.wills(watcher, bench) == [])
        try await bench.stop()
    }

    @Test("a Will that was published, or waits for its delay, is not published again by a kill")
    func published() async throws {
        let bench = BrokerBench()
        let watcher = try await self.begin(bench)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1], will: ("will/a", "at once", 0))
        try await client.disconnect(publishesWill: true)
        let other = ModelClient("other", clock: bench.clock)
        try await other.connect(bench.loops[1], will: ("will/b", "delayed", 10))
        try await other.disconnect(publishesWill: true)
        try await client.publishNothing(on: bench.loops[1])
        bench.clock.advance(seconds: 6)
        try await self.restart(watcher, bench)
        #expect(try await self.wills(watcher, bench) == ["at once"])
        // The delay goes on where it was.
        bench.clock.advance(seconds: 4)
        #expect(try await self.wills(watcher, bench) == ["at once", "delayed"])
        try await bench.stop()
    }

    @Test(
        "with a delay it waits from the start on, or until its session ends, unless the client is back [MQTT-3.1.3-9]",
        arguments: [(10, UInt32.max, 10), (10, 4, 4), (10, 0, 0)] as [(UInt32, UInt32, Int64)]
    )
    func delay(delaySeconds: UInt32, expirySeconds: UInt32, due: Int64) async throws {
        for isBack in [false, true] {
            let bench = BrokerBench()
            let watcher = try await self.begin(bench)
            let client = ModelClient("one", clock: bench.clock)
            let will = ("will/a", "gone", delaySeconds)
            try await client.connect(bench.loops[1], expirySeconds: expirySeconds, will: will)
            bench.clock.advance(seconds: 1_000)
            client.lose()
            try await self.restart(watcher, bench)
            if due > 0 {
                bench.clock.advance(seconds: due - 1)
                #expect(try await self.wills(watcher, bench) == [])
                if isBack { #expect(try await client.connect(bench.loops[1], expirySeconds: expirySeconds)) }
                bench.clock.advance(seconds: 1)
            }
            #expect(try await self.wills(watcher, bench) == (isBack && due > 0 ? [] : ["gone"]))
            try await bench.stop()
        }
    }

    @Test("a client that is back before the timer has looked does not take back a Will that was due [MQTT-3.1.2-8]")
    func backAtOnce() async throws {
        let bench = BrokerBench()
        let watcher = try await self.begin(bench)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1], will: ("will/a", "gone", 0))
        client.lose()
        try await self.restart(watcher, bench)
        #expect(try await client.connect(bench.loops[1], will: ("will/a", "later", 0)))
        #expect(try await self.wills(watcher, bench) == ["gone"])
        try await bench.stop()
    }

    @Test("of two Wills of a session the journal may hold, the delay of the first ended when the second came")
    func superseded() throws {
        let key = SessionKey(principal: .application("app"), clientID: "one")
        let row = StoredSessionRow(number: 5, key: key, expirySeconds: 100, subscriptions: [])
        let now = Timestamp(milliseconds: 1_795_000_000_000)
        for (delaySeconds, left) in [(10, [2]), (0, [1, 2])] as [(UInt32, [UInt64])] {
            var recovery = JournalRecovery(configuration: Broker.Configuration(), rows: [row], now: now)
            for sequence in [1, 2] as [UInt64] {
                var header = JournalMessage(sequence: sequence, qos: .atLeastOnce)
                header.will = JournalMessage.Will(time: .afterConnection(delaySeconds: delaySeconds), session: 5)
                recovery.read(header, topic: "a", offset: Int64(sequence))
            }
            let state = recovery.finish()
            #expect(state.records.keys.sorted() == left)
            #expect(state.sessions[5]?.will?.record.sequence == 2)
        }
    }

    @Test("its life is counted from its publication, not from CONNECT §3.1.3.2.4", arguments: [false, true])
    func life(isKilled: Bool) async throws {
        let bench = BrokerBench()
        let watcher = try await self.begin(bench)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1], will: ("will/a", "gone", 5), willExpirySeconds: 10)
        bench.clock.advance(seconds: 1_000)
        if isKilled {
            try await self.restart(watcher, bench)
        } else {
            try await client.disconnect(publishesWill: true)
        }
        bench.clock.advance(seconds: 7)
        #expect(try await self.wills(watcher, bench) == ["gone"])
        #expect(watcher.received.first?.expirySeconds == 8)
        try await bench.stop()
    }

    @Test("the cleaner keeps the Will of an open connection, and it is found after the next kill")
    func cleaned() async throws {
        let bench = BrokerBench()
        bench.configuration.segmentBytesMax = 8 << 10
        let watcher = try await self.begin(bench)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1], expirySeconds: 0, will: ("will/a", "gone", 0))
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0])
        let broker = try #require(bench.broker)
        for number in 0..<60 {
            try await publisher.publish("r", "\(number) " + String(repeating: "x", count: 1_000), retain: true)
        }
        let first = broker.topic.segmentSummaries[0].number
        while try await broker.cleanSegment() {}
        #expect(broker.topic.segmentSummaries[0].number > first)
        try await self.restart(watcher, bench)
        #expect(try await self.wills(watcher, bench) == ["gone"])
        try await bench.stop()
    }

    @Test("after the log failed and was opened again a later restart publishes no Will of before")
    func reopened() async throws {
        let bench = BrokerBench()
        let watcher = try await self.begin(bench)
        let client = ModelClient("one", clock: bench.clock)
        try await client.connect(bench.loops[1], will: ("will/a", "lost", 0))
        bench.files.kill()
        try await client.disconnect(publishesWill: true)
        try await bench.reopen()
        try await self.restart(watcher, bench)
        #expect(try await self.wills(watcher, bench) == [])
        try await bench.stop()
    }

    @Test("an orderly stop of the gateway leaves no Will: it says nothing about the client")
    func stopped() async throws {
        let folder = NSTemporaryDirectory() + "weir-will-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let will = ConnectPacket.Will(topic: ByteBuffer(string: "will/a"), payload: ByteBuffer(string: "gone"))
        try await TestEndpoint.run(in: folder, authenticator: .application(), threads: 2) { endpoint in
            for number in 0..<8 {
                let client = try await endpoint.client(.v5)
                try await client.connect5("\(number)", will: will)
            }
        }
        let log = try EventLog(
            configuration: EventLog.Configuration(directory: folder),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        defer { log.close() }
        let now = Timestamp(milliseconds: 1_795_000_000_000)
        var recovery = JournalRecovery(configuration: Broker.Configuration(), rows: [], now: now)
        let topic = try log.openTopic(Broker.topicName, partitions: 1)
        try recovery.read(topic)
        #expect(topic.endOffsets[0] > 8)
        #expect(recovery.finish().records.isEmpty)
    }
}

extension JournalRecovery {
    /// Takes in a message's record.
    fileprivate mutating func read(_ header: JournalMessage, topic: String, offset: Int64) {
        let entry = JournalEntry.Message(
            header: header,
            topic: ByteBuffer(string: topic),
            payload: ByteBuffer(string: "1"),
            bytes: 100
        )
        self.read(entry, offset: offset)
    }
}
