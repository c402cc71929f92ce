import EventLog
import MQTTCodec
import MQTTProtocol
import NIOCore
import TestSupport
import Testing

@testable import MQTTServer

@Suite("The cleaner of _mqtt keeps what is needed and bounds the rest", .timeLimit(.minutes(2)))
struct CleanerTests {
    private static func bench() -> BrokerBench {
        let bench = BrokerBench()
        bench.configuration.segmentBytesMax = 8 << 10
        return bench
    }

    @Test("under a stream of messages that are soon acknowledged the journal stays small, and what waits stays whole")
    func bounded() async throws {
        let bench = CleanerTests.bench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0])
        let away = ModelClient("away", clock: bench.clock)
        try await away.connect(bench.loops[0])
        try await away.subscribe("keep", .exactlyOnce)
        try await away.disconnect()
        let busy = ModelClient("busy", clock: bench.clock)
        try await busy.connect(bench.loops[1])
        try await busy.subscribe("stream", .exactlyOnce)
        try await publisher.publish("retained", "stays", retain: true)
        try await publisher.publish("nobody", "held", .exactlyOnce, packetID: 9)
        var lastSize: UInt64 = 0
        for round in 0..<12 {
            try await publisher.publish("keep", "\(round)", round % 2 == 0 ? .atLeastOnce : .exactlyOnce)
            for number in 0..<60 {
                try await publisher.publish("stream", "\(round) \(number) " + String(repeating: "x", count: 100))
            }
            #expect(try await busy.waits { $0.received.count == 60 * (round + 1) })
            // Acknowledgements are applied with the next turn.
            try await busy.publishNothing(on: bench.loops[1])
            let broker = try #require(bench.broker)
            while try await broker.cleanSegment() {}
            lastSize = broker.topic.storedBytes
            #expect(broker.topic.segmentSummaries.count <= broker.configuration.segmentsKept + 2)
        }
        #expect(lastSize < 80 << 10)
        try await bench.restart()
        try await away.connect(bench.loops[0])
        #expect(try await away.waits { $0.received.count == 12 })
        #expect(away.payloads == (0..<12).map { "\($0)" })
        try await publisher.connect(bench.loops[0])
        let receipt = try await bench.loops[0].run { _ in publisher.attachment?.receive(9) }
        #expect(receipt == .recovered)
        let late = ModelClient("late", clock: bench.clock)
        try await late.connect(bench.loops[0])
        try await late.subscribe("retained")
        #expect(try await late.waits { $0.payloads == ["stays"] })
        try await bench.stop()
    }

    @Test("properties count: what is needed is not taken for what is not, and is not appended again for ever")
    func properties() async throws {
        let bench = CleanerTests.bench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0])
        let pairs = (0..<200).map { UserProperty(name: "name \($0)", value: "") }
        for number in 0..<40 { try await publisher.publish("r/\(number)", "1", retain: true, userProperties: pairs) }
        let broker = try #require(bench.broker)
        #expect(broker.topic.segmentSummaries.count > broker.configuration.segmentsKept)
        var liveBytes = 0
        broker.withState { liveBytes = $0.liveBytes }
        #expect(UInt64(liveBytes) * 10 > broker.topic.storedBytes * 9)
        #expect(!broker.isCleaningDue(liveBytes: liveBytes))
        try await bench.stop()
    }

    @Test("a pass that frees nothing is the last one until the journal has grown by a segment")
    func fruitless() async throws {
        let bench = CleanerTests.bench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0])
        func fill(_ topics: Range<Int>) async throws {
            for number in topics {
                try await publisher.publish("r/\(number)", String(repeating: "x", count: 1_000), retain: true)
            }
        }
        try await fill(0..<60)
        let broker = try #require(bench.broker)
        // As if next to nothing of it were needed.
        broker.withState { $0.liveBytes = 0 }
        #expect(broker.isCleaningDue(liveBytes: 0))
        try await broker.clean()
        #expect(!broker.isCleaningDue(liveBytes: 0))
        try await fill(60..<70)
        #expect(broker.isCleaningDue(liveBytes: 0))
        try await bench.restart()
        let late = ModelClient("late", clock: bench.clock)
        try await late.connect(bench.loops[0])
        try await late.subscribe("r/#")
        #expect(try await late.waits { $0.received.count == 70 })
        try await bench.stop()
    }

    @Test("the end of a retained message that the cleaner moved behind it is said again behind the copy")
    func endedCopy() async throws {
        let bench = BrokerBench()
        try await bench.start()
        let publisher = ModelClient("publisher", clock: bench.clock)
        try await publisher.connect(bench.loops[0])
        try await publisher.publish("deleted", "1", retain: true)
        try await publisher.publish("replaced", "1", retain: true)
        try await publisher.publish("usual", "1", retain: true)
        let broker = try #require(bench.broker)
        var sequences: Set<UInt64> = []
        broker.withState { state in
            for topic in ["deleted", "replaced"] {
                guard let record = state.retained.value(topic: ByteBuffer(string: topic))?.record else { continue }
                // The copy came to stand behind the record that follows.
                record.offset = 1 << 40
                sequences.insert(record.sequence)
            }
        }
        try await publisher.publish("deleted", "", retain: true)
        try await publisher.publish("replaced", "2", retain: true)
        try await publisher.publish("usual", "", retain: true)
        try await publisher.publishNothing(on: bench.loops[0])
        let position = try broker.topic.position(at: .earliest)
        let batches = try broker.topic.read(from: position, maxBytes: 1 << 20).batches
        var ended: Set<UInt64> = []
        for record in try batches.flatMap({ try $0.records }) {
            guard case .operations(let operations) = JournalEntry(record) else { continue }
            for case .ended(let sequence) in operations { ended.insert(sequence) }
        }
        #expect(sequences.count == 2)
        #expect(ended == sequences)
        // The end record itself is needed no more.
        let isReleased = try await publisher.waits { _ in
            var count = 0
            broker.withState { count = $0.records.count }
            return count == 1
        }
        #expect(isReleased)
        try await bench.stop()
    }

    @Test("while the cleaner runs, and when it is killed at any step, no message is lost, doubled or brought back")
    func killed() async throws {
        var random = SeededGenerator.announced()
        for round in 0..<30 {
            let bench = CleanerTests.bench()
            try await bench.start()
            let publisher = ModelClient("publisher", clock: bench.clock)
            let client = ModelClient("one", clock: bench.clock)
            try await publisher.connect(bench.loops[0], expirySeconds: 0)
            try await client.connect(bench.loops[1])
            try await client.subscribe("#", .exactlyOnce)
            client.answers = .untilPubrec
            try await publisher.publish("a", "first", .exactlyOnce)
            #expect(try await client.waits { $0.releases == 1 })
            client.answers = .all
            for number in 0..<300 {
                try await publisher.publish("b", "\(number) " + String(repeating: "x", count: 100), .exactlyOnce)
            }
            #expect(try await client.waits { $0.received.count == 301 })
            try await client.disconnect()
            try await publisher.publish("c", "waits", .exactlyOnce)
            try await publisher.publish("r", "old", retain: true)
            try await publisher.publish("r", "", retain: true)
            try await bench.restart(operations: 2 + round)
            let broker = try #require(bench.broker)
            async let cleaning: Void = {
                while let isMore = try? await broker.cleanSegment(), isMore {}
            }()
            if Bool.random(using: &random) { _ = try? await client.connect(bench.loops[0]) }
            await cleaning
            try await bench.restart()
            try await client.connect(bench.loops[1])
            #expect(try await client.waits { $0.payloads.contains("waits") }, "round \(round)")
            #expect(Set(client.payloads.filter { $0 != "old" && $0 != "" }).count == 302, "round \(round)")
            let counts = Dictionary(
                client.received.filter { $0.qos == .exactlyOnce }.map { ($0.payload, 1) },
                uniquingKeysWith: +
            )
            #expect(counts.values.allSatisfy { $0 == 1 }, "round \(round)")
            let late = ModelClient("late", clock: bench.clock)
            try await late.connect(bench.loops[0])
            try await late.subscribe("r")
            try await late.publishNothing(on: bench.loops[0])
            #expect(late.payloads.isEmpty, "round \(round)")
            try await bench.stop()
        }
    }
}
